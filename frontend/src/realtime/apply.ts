/** Events into the cache, gathered for a frame's time so that a storm of them draws the screen once. */
import { dropConnection, putConnection } from '~/data/bootstrap'
import { messagesOf, putMessages } from '~/data/messages'
import { recentEvents } from '~/data/snapshot'
import { putTickets, ticketsOf } from '~/data/tickets'
import type { RecadoEvent } from '~/domain/model'

const GATHER = 16

let waiting: RecadoEvent[] = []
let timer: ReturnType<typeof setTimeout> | null = null

export function applySoon(events: readonly RecadoEvent[]): void {
  waiting.push(...events)
  timer ??= setTimeout(applyNow, GATHER)
}

function applyNow(): void {
  const events = waiting
  waiting = []
  timer = null
  recentEvents.add(events)
  for (const event of events) {
    if (event.type === 'connection.changed') putConnection(event.connection)
    if (event.type === 'connection.removed') dropConnection(event.connectionId)
  }
  putMessages(messagesOf(events))
  putTickets(ticketsOf(events))
}
