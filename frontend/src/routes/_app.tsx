import { createFileRoute, redirect } from '@tanstack/react-router'
import { bootstrapQuery } from '~/data/bootstrap'
import { queryClient } from '~/data/query-client'
import { startOutbox } from '~/features/outbox/sending'
import { ShellPending } from '~/features/shell/ShellPending'
import { accessToken, mayHaveSession, renewSession } from '~/http/session'
import { startRealtime } from '~/realtime/realtime'
import { AppFrame } from './-AppFrame'

/** Everything behind the door: a session, the bootstrap, the streams and the outbox, then the frame. */
export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ location }) => {
    if (accessToken() || (mayHaveSession() && (await renewSession()))) return
    throw redirect({ to: '/sign-in', search: location.pathname === '/inbox' ? {} : { next: location.href } })
  },
  loader: async () => {
    const { company, cursor, me } = await queryClient.ensureQueryData(bootstrapQuery)
    startRealtime(company.id, cursor)
    void startOutbox(me.id)
  },
  component: AppFrame,
  pendingComponent: ShellPending,
  pendingMs: 0,
})
