/**
 * The rows of a conversation: what the server told, then what still waits in this browser, with day separators and the
 * unread divider. A local message disappears from the tail the moment the server's copy (same id) is there.
 */
import type { Message, MessageState } from './model'
import type { OutboxEntry } from './outbox'

/** States that only exist in this browser come first; the others are the server's. */
export type BubbleState = 'queued-local' | 'posting' | 'refused' | MessageState

export interface Bubble {
  readonly id: string
  readonly fromMe: boolean
  readonly kind: Message['kind']
  readonly text: string
  readonly unsupportedKind: string | null
  readonly state: BubbleState
  readonly reason: string | null
  readonly origin: Message['origin']
  readonly senderUserId: string | null
  readonly at: string
}

export type TimelineRow =
  | { readonly type: 'day'; readonly key: string; readonly at: string }
  | { readonly type: 'unread'; readonly key: string; readonly count: number }
  | { readonly type: 'message'; readonly key: string; readonly bubble: Bubble; readonly starts: boolean }

export interface TimelineInput {
  readonly messages: readonly Message[]
  readonly local: readonly OutboxEntry[]
  readonly unread: UnreadMark | null
}

/** What was unread when the conversation was opened; reading on does not change it. */
export interface UnreadMark {
  readonly firstId: string
  readonly count: number
}

const GROUP_GAP = 5 * 60_000
const bubbles = new WeakMap<Message, Bubble>()

export function buildTimeline(input: TimelineInput): readonly TimelineRow[] {
  const rows: TimelineRow[] = []
  let previous: Bubble | null = null
  for (const bubble of allBubbles(input)) {
    const newDay = !previous || !sameDay(previous.at, bubble.at)
    if (newDay) rows.push({ type: 'day', key: `day-${bubble.id}`, at: bubble.at })
    const divider = bubble.id === input.unread?.firstId
    if (divider) rows.push({ type: 'unread', key: 'unread', count: input.unread?.count ?? 0 })
    rows.push({ type: 'message', key: bubble.id, bubble, starts: newDay || divider || !continues(previous, bubble) })
    previous = bubble
  }
  return rows
}

export function markUnread(messages: readonly Message[], count: number): UnreadMark | null {
  if (count === 0) return null
  const received = messages.filter((message) => !message.fromMe)
  const first = received.at(-count) ?? received[0]
  return first ? { firstId: first.id, count } : null
}

function allBubbles(input: TimelineInput): readonly Bubble[] {
  const known = new Set(input.messages.map((message) => message.id))
  const waiting = input.local.filter((entry) => !known.has(entry.id))
  return [...input.messages.map(toBubble), ...waiting.map(localBubble)]
}

/** The same object for the same message, so that an unchanged row is not drawn again. */
function toBubble(message: Message): Bubble {
  const cached = bubbles.get(message)
  if (cached) return cached
  const bubble: Bubble = {
    id: message.id,
    fromMe: message.fromMe,
    kind: message.kind,
    text: message.text ?? '',
    unsupportedKind: message.unsupportedKind,
    state: message.state,
    reason: message.stateReason,
    origin: message.origin,
    senderUserId: message.senderUserId,
    at: message.sentAt ?? message.createdAt,
  }
  bubbles.set(message, bubble)
  return bubble
}

function localBubble(entry: OutboxEntry): Bubble {
  return {
    id: entry.id,
    fromMe: true,
    kind: 'text',
    text: entry.text,
    unsupportedKind: null,
    state: localState(entry),
    reason: entry.refused,
    origin: 'recado',
    senderUserId: entry.userId,
    at: entry.createdAt,
  }
}

function localState(entry: OutboxEntry): BubbleState {
  if (entry.refused !== null) return 'refused'
  return entry.attempts > 0 ? 'queued-local' : 'posting'
}

function continues(previous: Bubble | null, bubble: Bubble): boolean {
  if (!previous || previous.fromMe !== bubble.fromMe || previous.senderUserId !== bubble.senderUserId) return false
  return Date.parse(bubble.at) - Date.parse(previous.at) < GROUP_GAP
}

function sameDay(left: string, right: string): boolean {
  return new Date(left).toDateString() === new Date(right).toDateString()
}
