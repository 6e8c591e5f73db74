import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aMessage } from '~/testing/builders'
import {
  adoptMessage,
  appendPage,
  applyMessage,
  fromPage,
  type MessageWindow,
  PAGE_SIZE,
  prependPage,
  WINDOW_LIMIT,
} from './message-window'
import type { Message, MessageState } from './model'

const STATES: readonly MessageState[] = ['queued', 'sending', 'sent', 'delivered', 'read']

const history = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => aMessage({ id: `m-${from + index}`, seq: from + index }))

const empty: MessageWindow = { items: [], hasBefore: false, hasAfter: false }

const seqs = (window: MessageWindow): number[] => window.items.map((message) => message.seq)

describe('our own message', () => {
  const own = (state: MessageState): Message => aMessage({ id: 'own', seq: 3, fromMe: true, state })

  it('ends in its last told state wherever the answer of the POST comes among the events', () => {
    for (let at = 0; at <= STATES.length; at += 1) {
      let window = fromPage({ items: history(1, 2), hasBefore: false, hasAfter: false })
      for (const [index, state] of STATES.entries()) {
        if (index === at) window = adoptMessage(window, own('queued'))
        window = applyMessage(window, own(state))
      }
      if (at === STATES.length) window = adoptMessage(window, own('queued'))
      expect(window.items.at(-1)).toMatchObject({ id: 'own', state: 'read' })
      expect(window.items).toHaveLength(3)
    }
  })
})

describe('applyMessage', () => {
  it('comes to the same window for every order in which different messages arrive', () => {
    const order = fc.shuffledSubarray(history(1, 12), { minLength: 12 })
    fc.assert(
      fc.property(order, fc.array(fc.nat(11)), (messages, doubles) => {
        const all = [...messages, ...doubles.map((index) => messages[index] as Message)]
        expect(all.reduce(applyMessage, empty)).toEqual({ ...empty, items: history(1, 12) })
      }),
    )
  })

  it('leaves alone what lies outside of the loaded part', () => {
    const middle = fromPage({ items: history(50, 60), hasBefore: true, hasAfter: true })
    expect(seqs(applyMessage(middle, aMessage({ id: 'm-61', seq: 61 })))).toEqual(seqs(middle))
    expect(seqs(applyMessage(middle, aMessage({ id: 'm-49', seq: 49 })))).toEqual(seqs(middle))
  })

  it('lets go of the oldest when a live conversation outgrows the limit', () => {
    const window = history(1, WINDOW_LIMIT + PAGE_SIZE).reduce(applyMessage, empty)
    expect(window.items).toHaveLength(WINDOW_LIMIT)
    expect(window).toMatchObject({ hasBefore: true, hasAfter: false })
    expect(window.items.at(-1)?.seq).toBe(WINDOW_LIMIT + PAGE_SIZE)
  })
})

describe('pages', () => {
  it('walk through a long history in both directions without hole, double or growth', () => {
    const LAST = 2_000
    const before = (seq: number) => {
      const from = Math.max(1, seq - PAGE_SIZE)
      return { items: history(from, seq - 1), hasBefore: from > 1, hasAfter: true }
    }
    const after = (seq: number) => {
      const to = Math.min(LAST, seq + PAGE_SIZE)
      return { items: history(seq + 1, to), hasBefore: true, hasAfter: to < LAST }
    }
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 80 }), (steps) => {
        let window = fromPage({ items: history(LAST - PAGE_SIZE + 1, LAST), hasBefore: true, hasAfter: false })
        for (const back of steps) {
          if (back && window.hasBefore) window = prependPage(window, before(window.items[0]?.seq ?? 0))
          if (!back && window.hasAfter) window = appendPage(window, after(window.items.at(-1)?.seq ?? 0))
          const first = window.items[0]?.seq ?? 0
          const last = window.items.at(-1)?.seq ?? 0
          expect(seqs(window)).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index))
          expect(window.items.length).toBeLessThanOrEqual(WINDOW_LIMIT)
          expect(window.hasAfter).toBe(last < LAST)
          expect(window.hasBefore).toBe(first > 1)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('take nothing twice when pages overlap', () => {
    const window = fromPage({ items: history(10, 20), hasBefore: true, hasAfter: true })
    expect(seqs(prependPage(window, { items: history(5, 12), hasBefore: true, hasAfter: true }))).toEqual(seqs(fromPage({ items: history(5, 20), hasBefore: true, hasAfter: true })))
    expect(seqs(appendPage(window, { items: history(18, 25), hasBefore: true, hasAfter: false }))).toEqual(seqs(fromPage({ items: history(10, 25), hasBefore: true, hasAfter: false })))
  })
})
