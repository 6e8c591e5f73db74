import { describe, expect, it } from 'vitest'
import { aMessage, anEntry } from '~/testing/builders'
import { buildTimeline, markUnread, type TimelineInput, type TimelineRow } from './timeline'

const build = (input: Partial<TimelineInput>): readonly TimelineRow[] =>
  buildTimeline({ messages: [], local: [], unread: null, ...input })

const keys = (rows: readonly TimelineRow[]): string[] => rows.map((row) => (row.type === 'message' ? row.key : row.type))

describe('a message of ours', () => {
  it('is shown once, whether the server knows it or not', () => {
    const local = [anEntry({ id: 'own' })]
    expect(keys(build({ local }))).toEqual(['day', 'own'])
    expect(keys(build({ local, messages: [aMessage({ id: 'own', fromMe: true, state: 'sent' })] }))).toEqual(['day', 'own'])
  })

  it.each([
    [{}, 'posting'],
    [{ attempts: 1 }, 'queued-local'],
    [{ refused: 'ticket_closed' }, 'refused'],
  ] as const)('with %o is %s', (change, state) => {
    expect(build({ local: [anEntry(change)] }).at(-1)).toMatchObject({ bubble: { state } })
  })
})

describe('separators', () => {
  it('stand before the first message of each day', () => {
    const messages = [
      aMessage({ id: 'a', seq: 1, sentAt: '2026-03-10T12:00:00Z' }),
      aMessage({ id: 'b', seq: 2, sentAt: '2026-03-10T12:01:00Z' }),
      aMessage({ id: 'c', seq: 3, sentAt: '2026-03-12T12:00:00Z' }),
    ]
    expect(keys(build({ messages }))).toEqual(['day', 'a', 'b', 'day', 'c'])
  })

  it('mark what was unread when the conversation was opened', () => {
    const messages = [aMessage({ id: 'a', seq: 1 }), aMessage({ id: 'b', seq: 2 })]
    expect(keys(build({ messages, unread: { firstId: 'b', count: 1 } }))).toEqual(['day', 'a', 'unread', 'b'])
  })
})

it('groups what one person wrote in a row', () => {
  const messages = [
    aMessage({ id: 'a', seq: 1, sentAt: '2026-03-10T12:00:00Z' }),
    aMessage({ id: 'b', seq: 2, sentAt: '2026-03-10T12:01:00Z' }),
    aMessage({ id: 'c', seq: 3, sentAt: '2026-03-10T12:20:00Z' }),
    aMessage({ id: 'd', seq: 4, sentAt: '2026-03-10T12:20:00Z', fromMe: true }),
  ]
  expect(build({ messages }).flatMap((row) => (row.type === 'message' ? [row.starts] : []))).toEqual([true, false, true, true])
})

it('keeps the same bubble for the same message, so that its row is not drawn again', () => {
  const messages = [aMessage()]
  const [first, second] = [build({ messages }).at(-1), build({ messages: [...messages] }).at(-1)]
  expect(first?.type === 'message' && second?.type === 'message' && first.bubble === second.bubble).toBe(true)
})

describe('markUnread', () => {
  const messages = [aMessage({ id: 'a', seq: 1 }), aMessage({ id: 'own', seq: 2, fromMe: true }), aMessage({ id: 'b', seq: 3 })]

  it.each([
    [0, null],
    [1, { firstId: 'b', count: 1 }],
    [2, { firstId: 'a', count: 2 }],
    [9, { firstId: 'a', count: 9 }],
  ])('with %s unread', (count, expected) => {
    expect(markUnread(messages, count)).toEqual(expected)
  })
})
