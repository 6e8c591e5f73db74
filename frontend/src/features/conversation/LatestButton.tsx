import { useLingui } from '@lingui/react/macro'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import type { Message } from '~/domain/model'

interface LatestButtonProps {
  readonly shown: boolean
  readonly last: Message | undefined
  readonly onClick: () => void
}

/** Back to the end; counts what came while the reader was away. */
export function LatestButton({ shown, last, onClick }: LatestButtonProps) {
  const { t } = useLingui()
  const [leftAt, setLeftAt] = useState<number | null>(null)
  const seq = last?.seq ?? 0
  if (!shown && leftAt !== null) setLeftAt(null)
  if (shown && leftAt === null) setLeftAt(seq)
  if (!shown) return null
  const fresh = leftAt === null ? 0 : Math.max(seq - leftAt, 0)
  return (
    <button type="button" className="latest-button" onClick={onClick} aria-label={t`Go to the latest message`}>
      {fresh > 0 ? <span className="latest-count">{fresh}</span> : null}
      <ChevronDown size={20} aria-hidden="true" />
    </button>
  )
}
