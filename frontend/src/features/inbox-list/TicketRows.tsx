import { useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { Ticket } from '~/domain/model'
import type { TicketViewName } from '~/domain/ticket-list'
import { TicketRow } from './TicketRow'
import { useHeldOrder } from './useHeldOrder'

const ROW = 76
const LOAD_AHEAD = 10

export interface RowsHandle {
  /** Moves the keyboard cursor by one row, starting from the open conversation. */
  readonly step: (by: 1 | -1, openId: string | undefined) => void
}

interface TicketRowsProps {
  readonly tickets: readonly Ticket[]
  readonly view: TicketViewName
  readonly nameOf: (userId: string | null) => string | null
  readonly hasMore: boolean
  readonly onMore: () => void
  readonly onPrefetch: (ticketId: string) => void
  readonly handle: Ref<RowsHandle>
}

export function TicketRows({ tickets, view, nameOf, hasMore, onMore, onPrefetch, handle }: TicketRowsProps) {
  const { t } = useLingui()
  const scroller = useRef<HTMLDivElement>(null)
  const { items, onPointerMove, onPointerLeave } = useHeldOrder(tickets)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 6,
  })
  const visible = rows.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= items.length - LOAD_AHEAD) onMore()
  }, [hasMore, last, items.length, onMore])

  useImperativeHandle(handle, () => ({
    step: (by, openId) => {
      const focused = document.activeElement?.closest<HTMLElement>('[data-ticket]')?.dataset.ticket
      const from = items.findIndex((ticket) => ticket.id === (focused ?? openId))
      const to = from < 0 ? 0 : Math.min(Math.max(from + by, 0), items.length - 1)
      rows.scrollToIndex(to)
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"] a`)?.focus())
    },
  }))

  return (
    <div ref={scroller} className="ticket-scroller" onPointerMove={onPointerMove} onPointerLeave={onPointerLeave}>
      <ul className="ticket-list" aria-label={t`Conversations`} style={{ height: rows.getTotalSize() }}>
        {visible.map((row) => {
          const ticket = items[row.index]
          if (!ticket) return null
          return (
            <li
              key={row.key}
              data-index={row.index}
              aria-setsize={hasMore ? -1 : items.length}
              aria-posinset={row.index + 1}
              className="ticket-item"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <TicketRow
                ticket={ticket}
                view={view}
                assignee={nameOf(ticket.assigneeId)}
                onPrefetch={onPrefetch}
              />
            </li>
          )
        })}
      </ul>
    </div>
  )
}
