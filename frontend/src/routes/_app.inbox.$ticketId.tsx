import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { messagesQuery } from '~/data/messages'
import { queryClient } from '~/data/query-client'
import { ticketQuery } from '~/data/tickets'
import { TicketScreen } from './-TicketScreen'
import { TicketMissing } from './-TicketMissing'

export const Route = createFileRoute('/_app/inbox/$ticketId')({
  loader: ({ params }) => {
    void queryClient.prefetchQuery(ticketQuery(params.ticketId))
    void queryClient.prefetchQuery(messagesQuery(params.ticketId))
  },
  component: TicketPage,
})

function TicketPage() {
  const { ticketId } = Route.useParams()
  const { view = 'all' } = Route.useSearch()
  const { data, error, refetch, isFetching } = useQuery(ticketQuery(ticketId))
  if (data) return <TicketScreen key={ticketId} ticket={data} view={view} />
  return <TicketMissing error={isFetching ? null : error} onRetry={() => void refetch()} />
}
