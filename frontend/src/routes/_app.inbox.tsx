import './inbox.css'
import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Outlet, useParams } from '@tanstack/react-router'
import { useRef } from 'react'
import { bootstrapQuery } from '~/data/bootstrap'
import { queryClient } from '~/data/query-client'
import { ticketListQuery } from '~/data/tickets'
import { TICKET_VIEWS, type TicketViewName } from '~/domain/ticket-list'
import { InboxList } from '~/features/inbox-list/InboxList'
import type { RowsHandle } from '~/features/inbox-list/TicketRows'
import { useShortcut } from '~/ui/shortcuts'

const isView = (value: unknown): value is TicketViewName => TICKET_VIEWS.some((view) => view === value)

export const Route = createFileRoute('/_app/inbox')({
  // Said even when it is undefined: what is left out would keep its unchecked value.
  validateSearch: ({ view }): { view?: TicketViewName | undefined } => ({ view: isView(view) && view !== 'all' ? view : undefined }),
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void queryClient.prefetchQuery(ticketListQuery(deps.view ?? 'all')),
  component: InboxPage,
})

function InboxPage() {
  const { view = 'all' } = Route.useSearch()
  const { ticketId } = useParams({ strict: false })
  const { data } = useQuery(bootstrapQuery)
  const rows = useRef<RowsHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  useShortcut('next', () => rows.current?.step(1, ticketId))
  useShortcut('previous', () => rows.current?.step(-1, ticketId))
  useShortcut('search', () => search.current?.focus())
  return (
    <main className={ticketId ? 'inbox inbox-open' : 'inbox'}>
      <InboxList
        view={view}
        users={data?.users ?? []}
        me={data?.me.id ?? ''}
        rows={rows}
        search={search}
      />
      <Outlet />
    </main>
  )
}
