import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { bootstrapQuery } from '~/data/bootstrap'
import { queryClient } from '~/data/query-client'
import { stopOutbox } from '~/features/outbox/sending'
import { useOutbox } from '~/features/outbox/outbox-store'
import { Shell } from '~/features/shell/Shell'
import { signOut } from '~/gen/api'
import { onSessionChange, signedOut } from '~/http/session'
import { stopRealtime } from '~/realtime/realtime'
import { useShortcut } from '~/ui/shortcuts'

const SignOutDialog = lazy(() => import('~/features/shell/SignOutDialog'))

export function AppFrame() {
  const { data } = useQuery(bootstrapQuery)
  const waiting = useOutbox((state) => state.entries.length)
  const [help, setHelp] = useState(false)
  const [leaving, setLeaving] = useState(false)
  useLeaveWhenSignedOut()
  useShortcut('help', () => setHelp(true))
  const leave = (): void => {
    setLeaving(false)
    // The cookie is revoked first, while the token still counts; whatever the answer, this browser forgets.
    signOut().catch(() => undefined).finally(signedOut)
  }
  return (
    <Shell
      name={data?.me.name ?? ''}
      company={data?.company.name ?? ''}
      help={help}
      onHelp={setHelp}
      onSignOut={() => (waiting > 0 ? setLeaving(true) : leave())}
    >
      <Outlet />
      {leaving ? (
        <Suspense>
          <SignOutDialog waiting={waiting} onConfirm={leave} onCancel={() => setLeaving(false)} />
        </Suspense>
      ) : null}
    </Shell>
  )
}

/** The session ended, here or in another tab: to the door, remembering the place. */
function useLeaveWhenSignedOut(): void {
  const router = useRouter()
  useEffect(
    () =>
      onSessionChange((isSignedIn) => {
        if (isSignedIn) return
        stopRealtime()
        stopOutbox()
        const { href } = router.state.location
        void router.navigate({ to: '/sign-in', search: { next: href }, replace: true }).then(() => queryClient.clear())
      }),
    [router],
  )
}
