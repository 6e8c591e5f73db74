import { Trans, useLingui } from '@lingui/react/macro'
import { ErrorNotice } from '~/ui/Notice'
import { SkeletonBubbles } from '~/ui/Skeleton'

/** Not there yet, or not to be had. */
export function TicketMissing({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { t } = useLingui()
  if (!error) return <SkeletonBubbles label={t`Loading conversation`} />
  return <ErrorNotice title={<Trans>The conversation could not be opened.</Trans>} error={error} onRetry={onRetry} />
}
