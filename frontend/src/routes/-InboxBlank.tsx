import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MessagesSquare, Smartphone } from 'lucide-react'
import { bootstrapQuery } from '~/data/bootstrap'
import { Notice } from '~/ui/Notice'

/** Beside the list while nothing is open: what to do first, or what to do next. */
export function InboxBlank() {
  const { data } = useQuery({ ...bootstrapQuery, select: ({ connections }) => connections.length > 0 })
  return (
    <div className={data ? 'inbox-blank' : 'inbox-blank inbox-first'}>
      {data ? (
        <Notice icon={<MessagesSquare size={28} />} title={<Trans>Choose a conversation</Trans>}>
          <Trans>Pick one from the list, or press j and k to walk through it.</Trans>
        </Notice>
      ) : (
        <Notice
          icon={<Smartphone size={28} />}
          title={<Trans>Connect your first number</Trans>}
          action={
            <Link to="/connections" className="button-link">
              <Trans>Connect a number</Trans>
            </Link>
          }
        >
          <Trans>Link a WhatsApp number and what customers write appears here.</Trans>
        </Notice>
      )}
    </div>
  )
}
