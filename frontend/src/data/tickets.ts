/** The lists of conversations, one cache entry per view, and single tickets. */
import { queryOptions } from '@tanstack/react-query'
import type { RecadoEvent, Ticket } from '~/domain/model'
import { appendTickets, applyTicket, belongsTo, TICKET_VIEWS, type TicketList, type TicketViewName } from '~/domain/ticket-list'
import { closeTicket, getTicket, listTickets, readTicket, takeTicket } from '~/gen/api'
import type { ListTicketsParams } from '~/gen/model/listTicketsParams'
import { myId } from './bootstrap'
import { queryClient } from './query-client'
import { fetchCurrent } from './snapshot'

const PAGE = 50

const PARAMETERS: Record<TicketViewName, ListTicketsParams> = {
  all: {},
  waiting: { status: 'pending' },
  mine: { status: 'open', assignee: 'me' },
  closed: { status: 'closed' },
}

export const ticketListQuery = (view: TicketViewName) =>
  queryOptions({
    queryKey: ['tickets', view],
    queryFn: ({ signal }): Promise<TicketList> => fetchTickets(view, null, signal),
  })

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ['ticket', id],
    queryFn: ({ signal }) =>
      fetchCurrent(
        () => getTicket(id, { signal }),
        (ticket, events) => ticketsOf(events).findLast((other) => other.id === id) ?? ticket,
      ),
    initialData: () => findListed(id),
  })

export async function loadMoreTickets(view: TicketViewName): Promise<void> {
  const { queryKey } = ticketListQuery(view)
  const after = queryClient.getQueryData(queryKey)?.next
  if (!after) return
  const page = await fetchTickets(view, after)
  queryClient.setQueryData(queryKey, (list) => list && (list.next === after ? appendTickets(list, page) : list))
}

/** Events, and answers to our own verbs. */
export function putTickets(tickets: readonly Ticket[]): void {
  if (tickets.length === 0) return
  for (const view of TICKET_VIEWS) {
    queryClient.setQueryData(ticketListQuery(view).queryKey, (list) => list && replay(view, list, tickets))
  }
  for (const ticket of tickets) queryClient.setQueryData(ticketQuery(ticket.id).queryKey, ticket)
}

export const take = async (id: string): Promise<void> => putTickets([await takeTicket(id)])

export const close = async (id: string): Promise<void> => putTickets([await closeTicket(id)])

export const markRead = async (id: string): Promise<void> => putTickets([await readTicket(id)])

export const ticketsOf = (events: readonly RecadoEvent[]): readonly Ticket[] =>
  events.flatMap((event) => (event.type === 'ticket.changed' ? [event.ticket] : []))

function fetchTickets(view: TicketViewName, after: string | null, signal?: AbortSignal): Promise<TicketList> {
  const parameters = { ...PARAMETERS[view], limit: PAGE, ...(after ? { after } : {}) }
  return fetchCurrent(
    async (): Promise<TicketList> => listTickets(parameters, signal ? { signal } : {}),
    (list, events) => replay(view, list, ticketsOf(events)),
  )
}

function replay(view: TicketViewName, list: TicketList, tickets: readonly Ticket[]): TicketList {
  return tickets.reduce((current, ticket) => applyTicket(current, ticket, belongsTo(view, ticket, myId())), list)
}

function findListed(id: string): Ticket | undefined {
  for (const view of TICKET_VIEWS) {
    const found = queryClient.getQueryData(ticketListQuery(view).queryKey)?.items.find((ticket) => ticket.id === id)
    if (found) return found
  }
  return undefined
}
