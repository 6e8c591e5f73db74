/** One window of messages per conversation in the cache; pages, events and answers meet in the pure reducer. */
import { queryOptions } from '@tanstack/react-query'
import { adoptMessage, appendPage, applyMessage, fromPage, type MessageWindow, PAGE_SIZE, prependPage } from '~/domain/message-window'
import type { Message, RecadoEvent } from '~/domain/model'
import { listMessages } from '~/gen/api'
import { queryClient } from './query-client'
import { fetchCurrent } from './snapshot'

export const messagesQuery = (ticketId: string) =>
  queryOptions({
    queryKey: ['messages', ticketId],
    queryFn: ({ signal }) => fetchLatest(ticketId, signal),
  })

/** Back to the present after a jump into the past or when the window was cut at its end. */
export async function loadLatest(ticketId: string): Promise<void> {
  const window = await fetchLatest(ticketId)
  queryClient.setQueryData(messagesQuery(ticketId).queryKey, window)
}

export async function loadOlder(ticketId: string): Promise<void> {
  const first = currentWindow(ticketId)?.items[0]
  if (!first) return
  const page = await listMessages(ticketId, { before: first.seq, limit: PAGE_SIZE })
  update(ticketId, (window) => (window.items[0]?.id === first.id ? prependPage(window, page) : window))
}

export async function loadNewer(ticketId: string): Promise<void> {
  const last = currentWindow(ticketId)?.items.at(-1)
  if (!last) return
  const page = await fetchCurrent(
    async () => fromPage(await listMessages(ticketId, { after: last.seq, limit: PAGE_SIZE })),
    (window, events) => replay(ticketId, window, events),
  )
  update(ticketId, (window) => (window.items.at(-1)?.id === last.id ? appendPage(window, page) : window))
}

/** What events said, in their order; conversations that are not loaded need nothing. */
export function putMessages(messages: readonly Message[]): void {
  const byTicket = Map.groupBy(messages, (message) => message.ticketId)
  for (const [ticketId, group] of byTicket) update(ticketId, (window) => group.reduce(applyMessage, window))
}

/** The answer to our own POST. */
export function adoptSent(message: Message): void {
  update(message.ticketId, (window) => adoptMessage(window, message))
}

export const messagesOf = (events: readonly RecadoEvent[]): readonly Message[] =>
  events.flatMap((event) => (event.type === 'message.created' || event.type === 'message.changed' ? [event.message] : []))

const currentWindow = (ticketId: string): MessageWindow | undefined => queryClient.getQueryData(messagesQuery(ticketId).queryKey)

function update(ticketId: string, change: (window: MessageWindow) => MessageWindow): void {
  queryClient.setQueryData(messagesQuery(ticketId).queryKey, (window) => window && change(window))
}

function fetchLatest(ticketId: string, signal?: AbortSignal): Promise<MessageWindow> {
  return fetchCurrent(
    async () => fromPage(await listMessages(ticketId, { limit: PAGE_SIZE }, signal ? { signal } : {})),
    (window, events) => replay(ticketId, window, events),
  )
}

function replay(ticketId: string, window: MessageWindow, events: readonly RecadoEvent[]): MessageWindow {
  return messagesOf(events)
    .filter((message) => message.ticketId === ticketId)
    .reduce(applyMessage, window)
}
