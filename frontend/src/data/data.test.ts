/** Pages that were asked for before an event and arrive after it must not undo it. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { applySoon } from '~/realtime/apply'
import { aConnection, aMessage, aTicket, aUser, created } from '~/testing/builders'
import { fakeServer, json } from '~/testing/fake-server'
import { bootstrapQuery } from './bootstrap'
import { messagesQuery } from './messages'
import { queryClient } from './query-client'
import { ticketListQuery } from './tickets'

afterEach(() => {
  vi.useRealTimers()
  queryClient.clear()
})

/** An answer that is on its way until it is told to arrive. */
function slow(body: unknown) {
  let arrive = (): void => undefined
  const answer = new Promise<Response>((resolve) => {
    arrive = () => resolve(json(body))
  })
  return { answer: () => answer, arrive: () => arrive() }
}

/** Events that the socket brought, applied. */
function happen(...events: Parameters<typeof applySoon>[0]): void {
  vi.useFakeTimers()
  applySoon(events)
  vi.runAllTimers()
  vi.useRealTimers()
}

describe('a slow page', () => {
  it('of messages gets what came meanwhile', async () => {
    const { answer, arrive } = slow({ items: [aMessage({ seq: 1 })], hasBefore: false, hasAfter: false })
    fakeServer({ 'GET /api/tickets/t-1/messages': answer })
    const loading = queryClient.fetchQuery(messagesQuery('t-1'))
    happen(created(aMessage({ seq: 2 })), created(aMessage({ seq: 1, ticketId: 't-other', id: 'elsewhere' })))
    arrive()
    expect((await loading).items.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('of conversations gets what came meanwhile', async () => {
    const old = aTicket({ lastMessagePreview: 'antiga' })
    const { answer, arrive } = slow({ items: [old], next: null })
    fakeServer({ 'GET /api/tickets': answer })
    const loading = queryClient.fetchQuery(ticketListQuery('all'))
    happen({ type: 'ticket.changed', ticket: { ...old, lastMessagePreview: 'nova' } })
    arrive()
    expect((await loading).items).toMatchObject([{ lastMessagePreview: 'nova' }])
  })

  it('of everything gets the connections as they are', async () => {
    const { answer, arrive } = slow({
      me: aUser(),
      company: { id: 1, name: 'Padaria' },
      users: [],
      queues: [],
      connections: [aConnection({ state: 'qr' }), aConnection({ id: 'n-2' })],
      cursor: {},
    })
    fakeServer({ 'GET /api/bootstrap': answer })
    const loading = queryClient.fetchQuery(bootstrapQuery)
    happen({ type: 'connection.changed', connection: aConnection({ state: 'online' }) }, { type: 'connection.removed', connectionId: 'n-2' })
    arrive()
    expect((await loading).connections).toMatchObject([{ id: 'n-1', state: 'online' }])
  })
})
