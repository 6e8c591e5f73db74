import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anEntry } from '~/testing/builders'
import { again, due, enqueue, merge, nextLook, type Outbox, postpone, refuse, remove, retryDelay, wake } from './outbox'

const entry = (number: number, ticketId: string) =>
  anEntry({ id: `e-${number}`, ticketId, text: `${number}`, createdAt: new Date(number * 1000).toISOString() })

describe('with a server that keeps what it got, but whose answers are lost', () => {
  it('delivers every message once and in order per conversation', () => {
    const outcome = fc.constantFrom('ok', 'lost-request', 'lost-answer')
    const scenario = fc.record({ tickets: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 20 }), outcomes: fc.array(outcome, { maxLength: 80 }) })
    fc.assert(
      fc.property(scenario, ({ tickets, outcomes }) => {
        const accepted = new Map<string, string>()
        let outbox = tickets.reduce<Outbox>((all, ticket, index) => enqueue(all, entry(index, ticket)), [])
        let now = 0
        const script = [...outcomes]
        while (outbox.length > 0) {
          for (const head of due(outbox, now)) {
            const result = script.shift() ?? 'ok'
            if (result !== 'lost-request' && !accepted.has(head.id)) accepted.set(head.id, head.ticketId)
            outbox = result === 'ok' ? remove(outbox, head.id) : postpone(outbox, head.id, now)
          }
          now = Math.max(now + 1, nextLook(outbox) ?? now)
        }
        for (const ticket of ['a', 'b', 'c']) {
          const expected = tickets.flatMap((one, index) => (one === ticket ? [`e-${index}`] : []))
          expect([...accepted].filter(([, of]) => of === ticket).map(([id]) => id)).toEqual(expected)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('what is due', () => {
  it('is the oldest of each conversation', () => {
    const outbox = [entry(1, 'a'), entry(2, 'a'), entry(3, 'b')]
    expect(due(outbox, 0).map(({ id }) => id)).toEqual(['e-1', 'e-3'])
  })

  it('waits longer after each failure, up to half a minute, unless it is woken', () => {
    expect([0, 1, 2, 10].map(retryDelay)).toEqual([1_000, 2_000, 4_000, 30_000])
    const waiting = postpone([entry(1, 'a')], 'e-1', 5_000)
    expect(due(waiting, 5_999)).toEqual([])
    expect(due(waiting, 6_000)).toHaveLength(1)
    expect(due(wake(waiting), 5_000)).toHaveLength(1)
    expect(due(postpone([entry(1, 'a')], 'e-1', 5_000, 7_000), 11_999)).toEqual([])
  })

  it('is not a refused message, which does not hold up the next', () => {
    const outbox = refuse([entry(1, 'a'), entry(2, 'a')], 'e-1', 'ticket_closed')
    expect(due(outbox, 0).map(({ id }) => id)).toEqual(['e-2'])
    expect(nextLook(refuse([entry(1, 'a')], 'e-1', 'x'))).toBeNull()
  })
})

it('sends a refused message again under a new key, with the same content', () => {
  const refused = refuse([postponed()], 'e-1', 'x')[0]
  if (!refused) throw new Error('there is one')
  expect(again(refused, 'e-2', 'later')).toMatchObject({ id: 'e-2', text: '1', attempts: 0, retryAt: 0, refused: null })
})

const postponed = () => postpone([entry(1, 'a')], 'e-1', 0)[0] ?? entry(1, 'a')

describe('merge', () => {
  it('takes the disk for what is there, this tab for waiting times, and keeps what is not on disk yet', () => {
    const here = [postponed(), entry(2, 'a'), entry(3, 'a')]
    const merged = merge([entry(1, 'a'), entry(4, 'b')], here, (id) => id === 'e-3')
    expect(merged.map(({ id }) => id)).toEqual(['e-1', 'e-3', 'e-4'])
    expect(merged[0]?.attempts).toBe(1)
  })

  it('believes another tab that says it was refused', () => {
    const stored = refuse([entry(1, 'a')], 'e-1', 'ticket_closed')
    expect(merge(stored, [entry(1, 'a')], () => false)[0]?.refused).toBe('ticket_closed')
  })
})
