import './conversation.css'
import './bubbles.css'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { MessageSquareText } from 'lucide-react'
import { type ReactNode, Suspense } from 'react'
import { messagesQuery } from '~/data/messages'
import type { Connection, Ticket, User } from '~/domain/model'
import type { OutboxEntry } from '~/domain/outbox'
import { callOf } from '~/domain/person'
import type { TicketViewName } from '~/domain/ticket-list'
import { fullTime } from '~/i18n/format'
import { ErrorNotice, Notice } from '~/ui/Notice'
import { SkeletonBubbles } from '~/ui/Skeleton'
import { useShortcut } from '~/ui/shortcuts'
import { lazyPart } from '~/ui/lazy-part'
import { ConversationHeader } from './ConversationHeader'
import { MessageList } from './MessageList'
import { useMarkRead } from './useMarkRead'
import { useTicketVerbs } from './useTicketVerbs'

const CloseDialog = lazyPart(() => import('./CloseDialog'))

interface ConversationPanelProps {
  readonly ticket: Ticket
  readonly view: TicketViewName
  readonly connection: Connection | undefined
  readonly users: readonly User[]
  readonly me: string
  readonly local: readonly OutboxEntry[]
  readonly composer: ReactNode
  readonly closing: boolean
  readonly onClosing: (asking: boolean) => void
  readonly onSend: (text: string) => void
  readonly onResendLocal: (id: string) => void
  readonly onDiscardLocal: (id: string) => void
}

export function ConversationPanel(props: ConversationPanelProps) {
  const { ticket, closing, onClosing, users } = props
  const { t } = useLingui()
  const verbs = useTicketVerbs(ticket, users)
  useMarkRead(ticket)
  useShortcut('take', () => ticket.status !== 'closed' && ticket.assigneeId !== props.me && verbs.take())
  const confirmClose = (): void => {
    onClosing(false)
    verbs.close()
  }
  return (
    <section className="conversation" aria-label={t`Conversation with ${callOf(ticket.contact)}`}>
      <ConversationHeader {...props} busy={verbs.busy} onTake={verbs.take} onClose={() => onClosing(true)} />
      <Thread {...props} />
      {ticket.status === 'closed' ? <ClosedNote ticket={ticket} /> : props.composer}
      {closing ? (
        <Suspense>
          <CloseDialog name={callOf(ticket.contact)} onConfirm={confirmClose} onCancel={() => onClosing(false)} />
        </Suspense>
      ) : null}
    </section>
  )
}

function Thread(props: ConversationPanelProps) {
  const { t } = useLingui()
  const { data, error, refetch, isFetching } = useQuery(messagesQuery(props.ticket.id))
  if (data && data.items.length + props.local.length === 0) {
    return (
      <div className="conversation-middle">
        <Notice icon={<MessageSquareText size={28} />} title={<Trans>No messages yet.</Trans>}>
          <Trans>Write the first one below.</Trans>
        </Notice>
      </div>
    )
  }
  if (data) return <MessageList {...props} window={data} />
  if (error && !isFetching) {
    return (
      <div className="conversation-middle">
        <ErrorNotice title={<Trans>The messages could not be loaded.</Trans>} error={error} onRetry={() => void refetch()} />
      </div>
    )
  }
  return <SkeletonBubbles label={t`Loading messages`} />
}

function ClosedNote({ ticket }: { readonly ticket: Ticket }) {
  const when = ticket.closedAt ? fullTime(ticket.closedAt) : ''
  return (
    <p className="conversation-closed">
      <Trans>Closed on {when}. If the customer writes again, a new conversation opens.</Trans>
    </p>
  )
}
