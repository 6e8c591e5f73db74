import { Trans } from '@lingui/react/macro'
import { CloudOff, RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useLink } from '~/realtime/link-store'

const PATIENCE = 1_000

/** Over the page, not in it: losing the line moves nothing under the hand. Short losses are not worth a word. */
export function OfflineBanner() {
  const link = useLink((state) => state.link)
  const since = useLink((state) => state.since)
  const [overdue, setOverdue] = useState<number | null>(null)
  useEffect(() => {
    if (link === 'online') return
    const timer = setTimeout(() => setOverdue(since), PATIENCE)
    return () => clearTimeout(timer)
  }, [link, since])
  const shown = link !== 'online' && overdue === since
  return (
    <div className="link-banner" role="status" aria-live="polite" data-link={link}>
      {shown ? (
        <p className="link-words">
          {link === 'offline' ? <CloudOff size={16} aria-hidden="true" /> : <RefreshCw size={16} aria-hidden="true" />}
          {link === 'offline' ? <Trans>Offline. What you write is kept and sent when the connection returns.</Trans> : null}
          {link === 'catching-up' ? <Trans>Catching up…</Trans> : null}
          {link === 'connecting' ? <Trans>Connecting…</Trans> : null}
        </p>
      ) : null}
    </div>
  )
}
