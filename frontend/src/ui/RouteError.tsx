import { Trans } from '@lingui/react/macro'
import { useRouter } from '@tanstack/react-router'
import { ErrorNotice } from './Notice'

/** A screen that could not be built: the others still work. */
export function RouteError({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const router = useRouter()
  const retry = (): void => {
    reset()
    void router.invalidate()
  }
  return <ErrorNotice title={<Trans>This screen could not be loaded.</Trans>} error={error} onRetry={retry} />
}
