import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { ArrowLeft, CircleCheck, UserRoundCheck } from 'lucide-react'
import type { Connection, Ticket, User } from '~/domain/model'
import { callOf } from '~/domain/person'
import { formatPhone } from '~/domain/phone'
import { type TicketViewName, viewSearch } from '~/domain/ticket-list'
import { stateLabel } from '~/i18n/connection-text'
import { toneOf } from '~/domain/connection-state'
import { Avatar } from '~/ui/Avatar'

interface ConversationHeaderProps {
  readonly ticket: Ticket
  readonly view: TicketViewName
  readonly connection: Connection | undefined
  readonly users: readonly User[]
  readonly me: string
  readonly busy: boolean
  readonly onTake: () => void
  readonly onClose: () => void
}

export function ConversationHeader({ ticket, view, connection, users, me, busy, onTake, onClose }: ConversationHeaderProps) {
  const { t } = useLingui()
  const name = callOf(ticket.contact)
  return (
    <header className="conversation-head">
      <Link to="/inbox" search={viewSearch(view)} className="conversation-back" aria-label={t`Back to the conversations`}>
        <ArrowLeft size={20} aria-hidden="true" />
      </Link>
      <Avatar name={name} group={ticket.contact.kind === 'group'} />
      <div className="conversation-who">
        <h1 className="conversation-name">{name}</h1>
        <p className="conversation-facts">
          {ticket.contact.phone && ticket.contact.name ? <span>{formatPhone(ticket.contact.phone)}</span> : null}
          {connection ? (
            <span className={`conversation-number tone-${toneOf(connection)}`} title={stateLabel(connection)}>
              {connection.displayName}
            </span>
          ) : null}
          <span>
            <Holder ticket={ticket} users={users} me={me} />
          </span>
        </p>
      </div>
      {ticket.status === 'closed' ? null : (
        <div className="conversation-actions">
          {ticket.assigneeId === me ? null : (
            <button type="button" className="head-button head-primary" onClick={onTake} disabled={busy} aria-keyshortcuts="a">
              <UserRoundCheck size={17} aria-hidden="true" />
              <span>
                <Trans>Take over</Trans>
              </span>
            </button>
          )}
          <button type="button" className="head-button" onClick={onClose} disabled={busy} aria-keyshortcuts="e">
            <CircleCheck size={17} aria-hidden="true" />
            <span>
              <Trans>Close</Trans>
            </span>
          </button>
        </div>
      )}
    </header>
  )
}

function Holder({ ticket, users, me }: Pick<ConversationHeaderProps, 'ticket' | 'users' | 'me'>) {
  if (ticket.status === 'closed') return <Trans>Closed</Trans>
  if (!ticket.assigneeId) return <Trans>Nobody has taken it yet</Trans>
  if (ticket.assigneeId === me) return <Trans>With you</Trans>
  const holder = users.find((user) => user.id === ticket.assigneeId)?.name ?? ''
  return <Trans>With {holder}</Trans>
}
