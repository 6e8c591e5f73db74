import { waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { messagesQuery } from '~/data/messages'
import { queryClient } from '~/data/query-client'
import type { Message } from '~/domain/model'
import { aMessage } from '~/testing/builders'
import { type Answer, type Call, fakeServer, json, problem } from '~/testing/fake-server'
import { changeOutbox, useOutbox } from './outbox-store'
import { resend, send, startOutbox, stopOutbox } from './sending'

const TICKET = 't-1'
const POST = `POST /api/tickets/${TICKET}/messages`

/** Keeps each message once by its key, as the API does. */
function keeper() {
  const kept = new Map<string, Message>()
  const accept = (call: Call): Response => {
    const id = call.headers.get('Idempotency-Key') ?? ''
    const text = (call.body as { text: string }).text
    const message = kept.get(id) ?? aMessage({ id, ticketId: TICKET, seq: kept.size + 1, fromMe: true, state: 'queued', text })
    kept.set(id, message)
    return json({ message, delivery: 'now' }, 201)
  }
  return { kept, accept, texts: () => [...kept.values()].map((message) => message.text) }
}

const serve = (answer: Answer): Call[] => fakeServer({ [POST]: answer })

const waiting = () => useOutbox.getState().entries

const shown = () => queryClient.getQueryData(messagesQuery(TICKET).queryKey)?.items

let user = 0

beforeEach(async () => {
  queryClient.clear()
  queryClient.setQueryData(messagesQuery(TICKET).queryKey, { items: [], hasBefore: false, hasAfter: false })
  stopOutbox()
  user += 1
  await startOutbox(`u-${user}`)
})

describe('send', () => {
  it('waits in the outbox at once and is the server’s message after the answer', async () => {
    const { accept, texts } = keeper()
    serve(accept)
    const id = send(TICKET, 'Olá')
    expect(waiting()).toMatchObject([{ id, text: 'Olá' }])
    await waitFor(() => expect(waiting()).toEqual([]))
    expect(shown()).toMatchObject([{ id, text: 'Olá' }])
    expect(texts()).toEqual(['Olá'])
  })

  it('keeps the order and sends each once, though answers and requests are lost', async () => {
    const { accept, texts } = keeper()
    let count = 0
    serve((call) => {
      count += 1
      if (count % 3 === 1) throw new TypeError('lost request')
      const response = accept(call)
      if (count % 3 === 2) throw new TypeError('lost answer')
      return response
    })
    vi.useFakeTimers({ toFake: ['Date'] })
    const sent = ['um', 'dois', 'três', 'quatro']
    for (const [index, text] of sent.entries()) {
      vi.setSystemTime(1_000 + index)
      send(TICKET, text)
    }
    vi.useRealTimers()
    await waitFor(() => {
      changeOutbox((entries) => entries.map((entry) => ({ ...entry, retryAt: 0 })))
      globalThis.dispatchEvent(new Event('online'))
      expect(waiting()).toEqual([])
    })
    expect(texts()).toEqual(sent)
  })

  it('survives the end of the page', async () => {
    serve(() => Promise.reject(new TypeError('offline')))
    const id = send(TICKET, 'guardada')
    await waitFor(() => expect(waiting()).toMatchObject([{ id, attempts: 1 }]))
    const mine = useOutbox.getState().userId
    stopOutbox()
    const { accept, kept } = keeper()
    serve(accept)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    await startOutbox(mine)
    await waitFor(() => expect([...kept.keys()]).toEqual([id]))
    vi.useRealTimers()
  })

  it('is not for another person on the same computer', async () => {
    serve(() => Promise.reject(new TypeError('offline')))
    send(TICKET, 'da Ana')
    await waitFor(() => expect(waiting()).toMatchObject([{ attempts: 1 }]))
    stopOutbox()
    await startOutbox('somebody-else')
    expect(waiting()).toEqual([])
  })
})

describe('a refusal', () => {
  it('stays on screen with its reason and is sent again under a new key', async () => {
    serve(() => problem(409, 'ticket_closed'))
    const id = send(TICKET, 'tarde demais')
    await waitFor(() => expect(waiting()).toMatchObject([{ id, refused: 'ticket_closed' }]))
    const { accept, kept } = keeper()
    const calls = serve(accept)
    resend(id)
    await waitFor(() => expect(waiting()).toEqual([]))
    expect(calls).toHaveLength(1)
    expect([...kept.keys()]).not.toContain(id)
    expect([...kept.values()]).toMatchObject([{ text: 'tarde demais' }])
  })
})
