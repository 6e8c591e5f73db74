import { Trans } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { Notice } from '~/ui/Notice'

export function NotFound() {
  return (
    <main>
      <h1 className="visually-hidden">Recado</h1>
      <Notice
        icon={<Compass size={28} />}
        title={<Trans>There is nothing at this address.</Trans>}
        action={
          <Link to="/inbox" className="button-link">
            <Trans>Go to the inbox</Trans>
          </Link>
        }
      />
    </main>
  )
}
