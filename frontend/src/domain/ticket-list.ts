/**
 * The list of conversations as a pure reducer: which tickets belong to a view, in the order of the server
 * (`lastMessageAt` descending, then `id` descending), loaded from the top downwards.
 */
import type { Ticket } from './model'

export const TICKET_VIEWS = ['all', 'waiting', 'mine', 'closed'] as const
export type TicketViewName = (typeof TICKET_VIEWS)[number]

/** A view in the address; the first one needs no mention. */
export const viewSearch = (view: TicketViewName): { view?: TicketViewName | undefined } => ({ view: view === 'all' ? undefined : view })

export interface TicketList {
  readonly items: readonly Ticket[]
  /** Where the next page starts; null when everything is loaded. */
  readonly next: string | null
}

export function belongsTo(view: TicketViewName, ticket: Ticket, me: string): boolean {
  switch (view) {
    case 'all':
      return true
    case 'waiting':
      return ticket.status === 'pending'
    case 'mine':
      return ticket.status === 'open' && ticket.assigneeId === me
    case 'closed':
      return ticket.status === 'closed'
  }
}

export function compareTickets(left: Ticket, right: Ticket): number {
  const byTime = compareText(right.lastMessageAt ?? '', left.lastMessageAt ?? '')
  return byTime === 0 ? compareText(right.id, left.id) : byTime
}

/** Puts a ticket where it belongs, or takes it out of a view that it left. */
export function applyTicket(list: TicketList, ticket: Ticket, belongs: boolean): TicketList {
  const others = list.items.filter((item) => item.id !== ticket.id)
  if (!belongs) return others.length === list.items.length ? list : { ...list, items: others }
  let at = others.length
  while (at > 0 && compareTickets(others[at - 1] as Ticket, ticket) > 0) at -= 1
  // Below what is loaded: it will come with its page, showing it now would put it above its elders.
  if (at === others.length && list.next !== null) return { ...list, items: others }
  return { ...list, items: others.toSpliced(at, 0, ticket) }
}

export function appendTickets(list: TicketList, page: TicketList): TicketList {
  const known = new Set(list.items.map((item) => item.id))
  return { items: [...list.items, ...page.items.filter((item) => !known.has(item.id))], next: page.next }
}

/**
 * Keeps rows where the hand is: known rows stay in the order that was on screen, new ones are added above.
 * `held` is the order to keep; null gives the true order back.
 */
export function holdOrder(items: readonly Ticket[], held: readonly string[] | null): readonly Ticket[] {
  if (!held) return items
  const place = new Map(held.map((id, index) => [id, index]))
  return items.toSorted((left, right) => (place.get(left.id) ?? -1) - (place.get(right.id) ?? -1))
}

/** Narrowing by what the agent typed: name without accents or case, or the digits of the phone. */
export function matchesText(ticket: Ticket, query: string): boolean {
  const wanted = fold(query.trim())
  if (!wanted) return true
  const digits = wanted.replace(/\D/gu, '')
  const phone = (ticket.contact.phone ?? '').replace(/\D/gu, '')
  return fold(ticket.contact.name ?? '').includes(wanted) || (digits.length >= 3 && phone.includes(digits))
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
