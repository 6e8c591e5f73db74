import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { Suspense, useEffect, useState } from 'react'
import { bootstrapQuery } from '~/data/bootstrap'
import { queryClient } from '~/data/query-client'
import { stopOutbox } from '~/features/outbox/sending'
import { useOutbox } from '~/features/outbox/outbox-store'
import { Shell } from '~/features/shell/Shell'
import { signOut } from '~/gen/api'
import { onSessionChange, signedOut } from '~/http/session'
import { stopRealtime } from '~/realtime/realtime'
import { useShortcut } from '~/ui/shortcuts'
import { fetchParts, lazyPart } from '~/ui/lazy-part'

const SignOutDialog = lazyPart(() => import('~/features/shell/SignOutDialog'))

const SETTLED = 3_000

export function AppFrame() {
  const { data } = useQuery(bootstrapQuery)
  const waiting = useOutbox((state) => state.entries.length)
  const [help, setHelp] = useState(false)
  const [leaving, setLeaving] = useState(false)
  useLeaveWhenSignedOut()
  useRestOfTheProgram()
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

/** Once the first screen has settled. */
function useRestOfTheProgram(): void {
  const router = useRouter()
  useEffect(() => {
    const fetchRest = async (): Promise<void> => {
      await Promise.allSettled(Object.values(router.routesById).map(async (route) => router.loadRouteChunk(route)))
      await fetchParts()
    }
    const timer = setTimeout(() => void fetchRest(), SETTLED)
    return () => clearTimeout(timer)
  }, [router])
}

/** Signed out, here or in another tab: to the door. A session that ended by itself leaves a mark of the place. */
function useLeaveWhenSignedOut(): void {
  const router = useRouter()
  useEffect(
    () =>
      onSessionChange((change) => {
        if (change === 'signed-in') return
        stopRealtime()
        stopOutbox()
        const next = change === 'ended' ? router.state.location.href : undefined
        void router.navigate({ to: '/sign-in', search: { next }, replace: true }).then(() => queryClient.clear())
      }),
    [router],
  )
}
