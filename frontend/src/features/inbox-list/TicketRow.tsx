import { Plural, Trans } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { isMessageState, type Ticket } from '~/domain/model'
import { callOf } from '~/domain/person'
import { type TicketViewName, viewSearch } from '~/domain/ticket-list'
import { shortTime } from '~/i18n/format'
import { previewText } from '~/i18n/message-text'
import { Avatar } from '~/ui/Avatar'
import { StateMark } from '~/ui/StateMark'

interface TicketRowProps {
  readonly ticket: Ticket
  readonly view: TicketViewName
  /** The colleague who has it; null for nobody or for me. */
  readonly assignee: string | null
  readonly onPrefetch: (ticketId: string) => void
}

export const TicketRow = memo(function TicketRow({ ticket, view, assignee, onPrefetch }: TicketRowProps) {
  const name = callOf(ticket.contact)
  const unread = ticket.unreadCount > 0
  return (
    <Link
      to="/inbox/$ticketId"
      params={{ ticketId: ticket.id }}
      search={viewSearch(view)}
      className={`ticket-row${unread ? ' ticket-unread' : ''}${ticket.status === 'closed' ? ' ticket-closed' : ''}`}
      activeOptions={{ includeSearch: false }}
      activeProps={{ 'aria-current': 'true' }}
      data-ticket={ticket.id}
      onPointerDown={() => onPrefetch(ticket.id)}
    >
      <Avatar name={name} group={ticket.contact.kind === 'group'} />
      <span className="ticket-body">
        <span className="ticket-line">
          <span className="ticket-name">{name}</span>
          <TicketTag ticket={ticket} assignee={assignee} />
          <time className="ticket-time" dateTime={ticket.lastMessageAt}>
            {shortTime(ticket.lastMessageAt)}
          </time>
        </span>
        <span className="ticket-line">
          <span className="ticket-preview">
            {ticket.lastMessageFromMe && isMessageState(ticket.lastMessageState) ? <StateMark state={ticket.lastMessageState} /> : null}
            {previewText(ticket.lastMessagePreview) || <Trans>No messages yet</Trans>}
          </span>
          {unread ? (
            <span className="ticket-badge">
              <span aria-hidden="true">{ticket.unreadCount > 99 ? '99+' : ticket.unreadCount}</span>
              <span className="visually-hidden">
                <Plural value={ticket.unreadCount} one="# unread" other="# unread" />
              </span>
            </span>
          ) : null}
        </span>
      </span>
    </Link>
  )
})

function TicketTag({ ticket, assignee }: Pick<TicketRowProps, 'ticket' | 'assignee'>) {
  if (ticket.status === 'closed') {
    return (
      <span className="ticket-tag">
        <Trans>Closed</Trans>
      </span>
    )
  }
  if (ticket.status === 'pending') {
    return (
      <span className="ticket-tag ticket-tag-waiting">
        <Trans>Waiting</Trans>
      </span>
    )
  }
  return assignee ? <span className="ticket-tag">{assignee}</span> : null
}
