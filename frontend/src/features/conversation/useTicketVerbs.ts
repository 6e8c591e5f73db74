import { useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { close, take, ticketQuery } from '~/data/tickets'
import type { Ticket, User } from '~/domain/model'
import { ApiError } from '~/http/problem'
import { problemText } from '~/i18n/problem-text'
import { toast } from '~/ui/toast'

interface TicketVerbs {
  readonly busy: boolean
  readonly take: () => void
  readonly close: () => void
}

/** Taking and closing; a colleague who was faster is named. */
export function useTicketVerbs(ticket: Ticket, users: readonly User[]): TicketVerbs {
  const { t } = useLingui()
  const client = useQueryClient()

  const explain = async (error: unknown): Promise<void> => {
    if (!(error instanceof ApiError) || error.status !== 409) return toast(problemText(error))
    const { queryKey } = ticketQuery(ticket.id)
    await client.refetchQueries({ queryKey })
    const holder = users.find((user) => user.id === client.getQueryData(queryKey)?.assigneeId)?.name
    toast(error.code === 'ticket_taken' && holder ? t`${holder} has just taken this conversation.` : problemText(error))
  }
  const taking = useMutation({ mutationFn: () => take(ticket.id), onError: explain })
  const closing = useMutation({
    mutationFn: () => close(ticket.id),
    onSuccess: () => toast(t`Conversation closed.`),
    onError: explain,
  })
  return { busy: taking.isPending || closing.isPending, take: taking.mutate, close: closing.mutate }
}
