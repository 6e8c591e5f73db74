/**
 * Messages written here and not yet accepted by the server, as a pure reducer.
 *
 * The id is made in the browser, is the idempotency key of every attempt and becomes the message's id, so repeating a
 * POST whose answer was lost is safe. Per conversation only the oldest waiting message is due: order is kept.
 */
export interface OutboxEntry {
  readonly id: string
  readonly ticketId: string
  readonly userId: string
  readonly text: string
  readonly createdAt: string
  readonly attempts: number
  /** Not before this time (ms since 1970). */
  readonly retryAt: number
  /** Set when the server refused it for good: the code of the problem. */
  readonly refused: string | null
}

export type Outbox = readonly OutboxEntry[]

const FIRST_RETRY = 1_000
const LAST_RETRY = 30_000

export function enqueue(outbox: Outbox, entry: OutboxEntry): Outbox {
  return outbox.some((other) => other.id === entry.id) ? outbox : [...outbox, entry].toSorted(byAge)
}

export const remove = (outbox: Outbox, id: string): Outbox => outbox.filter((entry) => entry.id !== id)

export function refuse(outbox: Outbox, id: string, code: string): Outbox {
  return outbox.map((entry) => (entry.id === id ? { ...entry, refused: code } : entry))
}

/** The network or the server failed: the same key goes again later, not sooner than it asked
 * for, unless the wait is cut short by `wake`. */
export function postpone(outbox: Outbox, id: string, now: number, atLeast = 0): Outbox {
  return outbox.map((entry) => {
    if (entry.id !== id) return entry
    return { ...entry, attempts: entry.attempts + 1, retryAt: now + Math.max(retryDelay(entry.attempts), atLeast) }
  })
}

export const wake = (outbox: Outbox): Outbox => outbox.map((entry) => ({ ...entry, retryAt: 0 }))

/** The same content under a new key: a key that was refused stays refused. */
export function again(entry: OutboxEntry, id: string, createdAt: string): OutboxEntry {
  return { ...entry, id, createdAt, attempts: 0, retryAt: 0, refused: null }
}

/** What the disk says, except that waiting times are this tab's own and what is only here (`isUnsaved`) stays. */
export function merge(stored: Outbox, here: Outbox, isUnsaved: (id: string) => boolean): Outbox {
  const mine = new Map(here.map((entry) => [entry.id, entry]))
  const kept = here.filter((entry) => isUnsaved(entry.id))
  const read = stored.map((entry) => (entry.refused === null ? (mine.get(entry.id) ?? entry) : entry))
  return [...kept, ...read].reduce<Outbox>(enqueue, [])
}

/** What may be posted now: the oldest waiting message of each conversation, if its time has come. */
export function due(outbox: Outbox, now: number): Outbox {
  return heads(outbox).filter((entry) => entry.retryAt <= now)
}

/** When to look again; null when nothing waits. */
export function nextLook(outbox: Outbox): number | null {
  const times = heads(outbox).map((entry) => entry.retryAt)
  return times.length > 0 ? Math.min(...times) : null
}

export const retryDelay = (attempts: number): number => Math.min(FIRST_RETRY * 2 ** attempts, LAST_RETRY)

function heads(outbox: Outbox): Outbox {
  const seen = new Set<string>()
  return outbox.filter((entry) => {
    if (entry.refused !== null || seen.has(entry.ticketId)) return false
    seen.add(entry.ticketId)
    return true
  })
}

const byAge = (left: OutboxEntry, right: OutboxEntry): number =>
  left.createdAt < right.createdAt ? -1 : left.createdAt > right.createdAt ? 1 : 0
