import './state-mark.css'
import { Ban, CalendarClock, Check, CheckCheck, CircleAlert, CircleHelp, Clock3, ClockFading } from 'lucide-react'
import type { BubbleState } from '~/domain/timeline'
import { messageStateText } from '~/i18n/message-text'

const ICONS = {
  'queued-local': ClockFading,
  posting: Clock3,
  refused: CircleAlert,
  received: Check,
  scheduled: CalendarClock,
  queued: Clock3,
  sending: Clock3,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  played: CheckCheck,
  failed: CircleAlert,
  unknown: CircleHelp,
  cancelled: Ban,
} as const satisfies Record<BubbleState, unknown>

/** The ticks that everybody knows from WhatsApp; the words are its accessible name. */
export function StateMark({ state }: { readonly state: BubbleState }) {
  const Icon = ICONS[state]
  const words = messageStateText(state)
  return (
    <span className={`state-mark state-${state}`} role="img" aria-label={words} title={words}>
      <Icon size={15} strokeWidth={2.2} aria-hidden="true" />
    </span>
  )
}
