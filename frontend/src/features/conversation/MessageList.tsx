import { useLingui } from '@lingui/react/macro'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { loadLatest, loadNewer, loadOlder } from '~/data/messages'
import type { MessageWindow } from '~/domain/message-window'
import type { Ticket, User } from '~/domain/model'
import type { OutboxEntry } from '~/domain/outbox'
import { callOf } from '~/domain/person'
import { type Bubble, buildTimeline, markUnread } from '~/domain/timeline'
import { problemText } from '~/i18n/problem-text'
import { toast } from '~/ui/toast'
import { LatestButton } from './LatestButton'
import { NewestAnnouncement } from './NewestAnnouncement'
import { RowView } from './RowView'
import { useChatScroll } from './useChatScroll'

const LOAD_AHEAD = 12

export interface MessageListProps {
  readonly ticket: Ticket
  readonly window: MessageWindow
  readonly local: readonly OutboxEntry[]
  readonly users: readonly User[]
  readonly me: string
  /** Sends a text as a new message; used by "try again" for messages that the server already refused or lost. */
  readonly onSend: (text: string) => void
  readonly onResendLocal: (id: string) => void
  readonly onDiscardLocal: (id: string) => void
}

export function MessageList({ ticket, window, local, users, me, onSend, onResendLocal, onDiscardLocal }: MessageListProps) {
  const { t } = useLingui()
  const scroller = useRef<HTMLDivElement>(null)
  const [unread] = useState(() => markUnread(window.items, ticket.unreadCount))
  const timeline = useMemo(
    () => buildTimeline({ messages: window.items, local: window.hasAfter ? [] : local, unread }),
    [window, local, unread],
  )
  const { rows, away, filled, onScroll } = useChatScroll(ticket.id, timeline, scroller)
  const visible = rows.getVirtualItems()
  // A list that has just opened still shows its beginning: that is no reason to fetch what is before it.
  const above = away || !filled ? (visible[0]?.index ?? 0) : Infinity
  useMorePages(ticket.id, window, above, timeline.length - 1 - (visible.at(-1)?.index ?? 0))
  const authorOf = useAuthors(ticket, users, me)
  const { resent, onResend, onDiscard } = useBubbleActions({ onSend, onResendLocal, onDiscardLocal })

  // A new message of ours is always followed, from wherever the reader was.
  const newestLocal = local.at(-1)?.id
  useEffect(() => {
    if (!newestLocal) return
    if (window.hasAfter) void loadLatest(ticket.id)
    rows.scrollToEnd()
    // oxlint-disable-next-line react/exhaustive-deps
  }, [newestLocal])

  const toLatest = (): void => {
    if (!window.hasAfter) return rows.scrollToEnd()
    loadLatest(ticket.id)
      .then(() => requestAnimationFrame(() => rows.scrollToEnd()))
      .catch((error: unknown) => toast(problemText(error)))
  }

  return (
    <div className="messages">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scroll area must be reachable by keyboard */}
      <div ref={scroller} className="message-scroller" role="log" aria-live="off" aria-label={t`Messages`} tabIndex={0} onScroll={onScroll}>
        <div className="message-canvas" style={{ height: rows.getTotalSize() }}>
          {visible.map((item) => {
            const row = timeline[item.index]
            if (!row) return null
            return (
              <div
                key={item.key}
                data-index={item.index}
                ref={rows.measureElement}
                className="message-place"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <RowView row={row} authorOf={authorOf} resent={resent} onResend={onResend} onDiscard={onDiscard} />
              </div>
            )
          })}
        </div>
      </div>
      <LatestButton shown={away || window.hasAfter} last={window.items.at(-1)} onClick={toLatest} />
      <NewestAnnouncement message={window.items.at(-1)} author={callOf(ticket.contact)} />
    </div>
  )
}

/** Older pages are fetched before the reader reaches the top, newer ones before the bottom of a window that was cut. */
function useMorePages(ticketId: string, window: MessageWindow, above: number, below: number): void {
  const loading = useRef(false)
  const older = window.hasBefore && above < LOAD_AHEAD
  const newer = window.hasAfter && below < LOAD_AHEAD
  useEffect(() => {
    if (loading.current || !(older || newer)) return
    loading.current = true
    const load = older ? loadOlder(ticketId) : loadNewer(ticketId)
    load
      .catch((error: unknown) => toast(problemText(error)))
      .finally(() => {
        loading.current = false
      })
    // A new window is a reason to look again: the page that came may not have been enough.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [ticketId, older, newer, window])
}

function useAuthors(ticket: Ticket, users: readonly User[], me: string) {
  const { t } = useLingui()
  const customer = callOf(ticket.contact)
  return useCallback(
    (fromMe: boolean, senderUserId: string | null, origin: string): string => {
      if (!fromMe) return customer
      if (senderUserId === me) return t`You`
      if (origin === 'phone') return t`From the phone`
      return users.find((user) => user.id === senderUserId)?.name ?? t`Team`
    },
    [customer, users, me, t],
  )
}

type Resending = Pick<MessageListProps, 'onSend' | 'onResendLocal' | 'onDiscardLocal'>

/** The same functions for as long as the conversation is open: a new one would draw every bubble again. */
function useBubbleActions({ onSend, onResendLocal, onDiscardLocal }: Resending) {
  const [resent, setResent] = useState<ReadonlySet<string>>(new Set())
  const onResend = useCallback(
    (bubble: Bubble) => {
      if (bubble.state === 'refused') return onResendLocal(bubble.id)
      setResent((before) => new Set(before).add(bubble.id))
      onSend(bubble.text)
    },
    [onResendLocal, onSend],
  )
  const onDiscard = useCallback((bubble: Bubble) => onDiscardLocal(bubble.id), [onDiscardLocal])
  return { resent, onResend, onDiscard }
}
