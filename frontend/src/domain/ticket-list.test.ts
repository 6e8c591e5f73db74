import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aTicket } from '~/testing/builders'
import type { Ticket } from './model'
import { appendTickets, applyTicket, belongsTo, compareTickets, holdOrder, matchesText, type TicketList } from './ticket-list'

const at = (minute: number): string => `2026-03-10T12:${String(minute).padStart(2, '0')}:00Z`

const ticket = (id: number, minute: number, changes: Partial<Ticket> = {}): Ticket => aTicket({ id: `t-${id}`, lastMessageAt: at(minute), ...changes })

const ids = (items: readonly Ticket[]): string[] => items.map((one) => one.id)

const changes = fc.array(fc.record({ id: fc.nat(8), minute: fc.nat(59), closed: fc.boolean() }), { maxLength: 60 })

describe('applyTicket', () => {
  it('keeps the list equal to the sorted truth after any history of changes', () => {
    fc.assert(
      fc.property(changes, (history) => {
        const truth = new Map<string, Ticket>()
        let list: TicketList = { items: [], next: null }
        for (const { id, minute, closed } of history) {
          const one = ticket(id, minute, { status: closed ? 'closed' : 'open' })
          if (closed) truth.delete(one.id)
          else truth.set(one.id, one)
          list = applyTicket(list, one, !closed)
        }
        expect(list.items).toEqual([...truth.values()].toSorted(compareTickets))
      }),
      { numRuns: 500 },
    )
  })

  it('does not show what belongs to a page that is not loaded', () => {
    const list: TicketList = { items: [ticket(1, 30), ticket(2, 20)], next: 'more' }
    expect(ids(applyTicket(list, ticket(3, 10), true).items)).toEqual(['t-1', 't-2'])
    expect(ids(applyTicket(list, ticket(3, 25), true).items)).toEqual(['t-1', 't-3', 't-2'])
  })

  it('gives back the same list when nothing changes', () => {
    const list: TicketList = { items: [ticket(1, 1)], next: null }
    expect(applyTicket(list, ticket(2, 2), false)).toBe(list)
  })
})

describe('views', () => {
  it.each([
    ['waiting', { status: 'pending' }, true],
    ['waiting', { status: 'open' }, false],
    ['mine', { status: 'open', assigneeId: 'me' }, true],
    ['mine', { status: 'open', assigneeId: 'other' }, false],
    ['mine', { status: 'closed', assigneeId: 'me' }, false],
    ['closed', { status: 'closed' }, true],
    ['all', { status: 'closed' }, true],
  ] as const)('%s with %o: %s', (view, change, expected) => {
    expect(belongsTo(view, aTicket(change), 'me')).toBe(expected)
  })
})

describe('holdOrder', () => {
  it('moves no known row and adds new ones above', () => {
    const items = [ticket(4, 50), ticket(3, 40), ticket(1, 30), ticket(2, 20)]
    expect(ids(holdOrder(items, ['t-1', 't-2', 't-3']))).toEqual(['t-4', 't-1', 't-2', 't-3'])
    expect(holdOrder(items, null)).toBe(items)
  })
})

it('adds a page without doubles', () => {
  const list = appendTickets({ items: [ticket(1, 9), ticket(2, 8)], next: 'x' }, { items: [ticket(2, 8), ticket(3, 7)], next: null })
  expect(ids(list.items)).toEqual(['t-1', 't-2', 't-3'])
  expect(list.next).toBeNull()
})

describe('matchesText', () => {
  const joao = aTicket({ contact: { id: 'c', name: 'João Gonçalves', phone: '5511988887777', kind: 'person' } })
  it.each([
    ['', true],
    ['joao', true],
    ['GONCALVES', true],
    ['98888-7777', true],
    ['8', false],
    ['maria', false],
  ])('"%s": %s', (query, expected) => {
    expect(matchesText(joao, query)).toBe(expected)
  })
})
