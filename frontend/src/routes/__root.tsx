import { Trans } from '@lingui/react/macro'
import { createRootRoute, Outlet } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { Notice } from '~/ui/Notice'

export const Route = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <Notice icon={<Compass size={28} />} title={<Trans>There is nothing at this address.</Trans>}>
      <a href="/inbox">
        <Trans>Go to the inbox</Trans>
      </a>
    </Notice>
  ),
})
