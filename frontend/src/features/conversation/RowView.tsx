import { Plural } from '@lingui/react/macro'
import type { TimelineRow } from '~/domain/timeline'
import { dayName } from '~/i18n/format'
import { type BubbleActions, BubbleRow } from './BubbleRow'

interface RowViewProps extends BubbleActions {
  readonly row: TimelineRow
  readonly authorOf: (fromMe: boolean, senderUserId: string | null, origin: string) => string
  readonly resent: ReadonlySet<string>
}

export function RowView({ row, authorOf, resent, onResend, onDiscard }: RowViewProps) {
  switch (row.type) {
    case 'day':
      return (
        <div className="day-row">
          <span className="day-name">{dayName(row.at)}</span>
        </div>
      )
    case 'unread':
      return (
        <div className="unread-row">
          <span>
            <Plural value={row.count} one="# unread message" other="# unread messages" />
          </span>
        </div>
      )
    case 'message': {
      const { bubble } = row
      return (
        <BubbleRow
          bubble={bubble}
          starts={row.starts}
          author={authorOf(bubble.fromMe, bubble.senderUserId, bubble.origin)}
          resent={resent.has(bubble.id)}
          onResend={onResend}
          onDiscard={onDiscard}
        />
      )
    }
  }
}
