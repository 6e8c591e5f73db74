import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { bootstrapQuery } from '~/data/bootstrap'
import { sendsNow } from '~/domain/connection-state'
import type { Ticket } from '~/domain/model'
import { type TicketViewName, viewSearch } from '~/domain/ticket-list'
import { Composer } from '~/features/composer/Composer'
import { ConversationPanel } from '~/features/conversation/ConversationPanel'
import { dropEntry, useOutbox } from '~/features/outbox/outbox-store'
import { resend, send } from '~/features/outbox/sending'
import { useLink } from '~/realtime/link-store'
import { useShortcut } from '~/ui/shortcuts'

/** Puts conversation, composer and outbox together; none of them knows the others. */
export function TicketScreen({ ticket, view }: { readonly ticket: Ticket; readonly view: TicketViewName }) {
  const { data } = useQuery(bootstrapQuery)
  const navigate = useNavigate()
  const offline = useLink((state) => state.link === 'offline')
  const waiting = useOutbox((state) => state.entries)
  const delivery = useOutbox((state) => state.delivery[ticket.id])
  const [closing, setClosing] = useState(false)
  const local = useMemo(() => waiting.filter((entry) => entry.ticketId === ticket.id), [waiting, ticket.id])
  const sendText = useCallback((text: string) => void send(ticket.id, text), [ticket.id])
  const connection = data?.connections.find((other) => other.id === ticket.connectionId)
  const me = data?.me.id ?? ''

  useShortcut('close', () => ticket.status !== 'closed' && setClosing(true))
  useShortcut('leave', () => void navigate({ to: '/inbox', search: viewSearch(view) }))

  return (
    <ConversationPanel
      ticket={ticket}
      view={view}
      connection={connection}
      users={data?.users ?? []}
      me={me}
      local={local}
      closing={closing}
      onClosing={setClosing}
      onSend={sendText}
      onResendLocal={resend}
      onDiscardLocal={dropEntry}
      composer={
        <Composer
          ticketId={ticket.id}
          userId={me}
          offline={offline}
          waitsForNumber={connection ? !sendsNow(connection) : delivery === 'when_online'}
          onSend={sendText}
        />
      }
    />
  )
}
