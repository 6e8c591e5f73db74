import './inbox-list.css'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Inbox, SearchX } from 'lucide-react'
import { type Ref, useCallback, useMemo, useRef, useState } from 'react'
import { messagesQuery } from '~/data/messages'
import { queryClient } from '~/data/query-client'
import { loadMoreTickets, ticketListQuery } from '~/data/tickets'
import type { Ticket, User } from '~/domain/model'
import { matchesText, type TicketList, type TicketViewName } from '~/domain/ticket-list'
import { problemText } from '~/i18n/problem-text'
import { ErrorNotice, Notice } from '~/ui/Notice'
import { SkeletonRows } from '~/ui/Skeleton'
import { toast } from '~/ui/toast'
import { SearchField } from './SearchField'
import { type RowsHandle, TicketRows } from './TicketRows'
import { ViewTabs } from './ViewTabs'

interface InboxListProps {
  readonly view: TicketViewName
  readonly users: readonly User[]
  readonly me: string
  readonly rows: Ref<RowsHandle>
  readonly search: Ref<HTMLInputElement>
}

export function InboxList({ view, users, me, rows, search }: InboxListProps) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const { data, error, refetch, isFetching } = useQuery(ticketListQuery(view))
  return (
    <section className="inbox-list" aria-label={t`Inbox`}>
      <header className="inbox-head">
        <h1 className="inbox-title">
          <Trans>Conversations</Trans>
        </h1>
        <SearchField text={text} onChange={setText} input={search} />
        <ViewTabs view={view} />
      </header>
      {data ? (
        <Rows key={view} list={data} text={text} view={view} users={users} me={me} rows={rows} />
      ) : error && !isFetching ? (
        <ErrorNotice title={<Trans>The conversations could not be loaded.</Trans>} error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows count={8} label={t`Loading conversations`} />
      )}
    </section>
  )
}

type RowsProps = Omit<InboxListProps, 'search'> & { readonly list: TicketList; readonly text: string }

function Rows({ list, text, view, users, me, rows }: RowsProps) {
  const more = useMore(view)
  const names = useMemo(() => new Map(users.map((user) => [user.id, user.name])), [users])
  const nameOf = useCallback((id: string | null) => (id && id !== me ? (names.get(id) ?? null) : null), [names, me])
  const found = useMemo(() => list.items.filter((ticket) => matchesText(ticket, text)), [list.items, text])
  if (list.items.length === 0) return <EmptyView view={view} />
  return (
    <>
      {found.length > 0 ? (
        <TicketRows
          tickets={found}
          view={view}
          nameOf={nameOf}
          hasMore={list.next !== null && !text}
          onMore={more}
          onPrefetch={prefetchMessages}
          handle={rows}
        />
      ) : (
        <Notice icon={<SearchX size={26} />} title={<Trans>Nobody by that name or number here.</Trans>} />
      )}
      {text && list.next !== null ? <SearchReach tickets={list.items} onMore={more} /> : null}
    </>
  )
}

/** The search knows what is loaded, and says so. */
function SearchReach({ tickets, onMore }: { readonly tickets: readonly Ticket[]; readonly onMore: () => void }) {
  return (
    <p className="inbox-reach">
      <Plural value={tickets.length} one="Searched the latest conversation." other="Searched the latest # conversations." />{' '}
      <button type="button" className="link-button" onClick={onMore}>
        <Trans>Search further back</Trans>
      </button>
    </p>
  )
}

function EmptyView({ view }: Pick<RowsProps, 'view'>) {
  switch (view) {
    case 'waiting':
      return <Notice icon={<Inbox size={28} />} title={<Trans>All caught up: nobody is waiting.</Trans>} />
    case 'mine':
      return (
        <Notice icon={<Inbox size={28} />} title={<Trans>You have no open conversations.</Trans>}>
          <Trans>Take one from the waiting list to see it here.</Trans>
        </Notice>
      )
    case 'closed':
      return <Notice icon={<Inbox size={28} />} title={<Trans>No conversation was closed yet.</Trans>} />
    case 'all':
      return (
        <Notice icon={<Inbox size={28} />} title={<Trans>No conversations yet.</Trans>}>
          <Trans>When a customer writes to your number, it appears here.</Trans>
        </Notice>
      )
  }
}

/** One page at a time; a failure is told and asked again by the next scroll. */
function useMore(view: TicketViewName): () => void {
  const loading = useRef(false)
  return useCallback(() => {
    if (loading.current) return
    loading.current = true
    loadMoreTickets(view)
      .catch((error: unknown) => toast(problemText(error)))
      .finally(() => {
        loading.current = false
      })
  }, [view])
}

function prefetchMessages(ticketId: string): void {
  void queryClient.prefetchQuery(messagesQuery(ticketId))
}
