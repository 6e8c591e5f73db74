/**
 * Sending: what the agent wrote is on screen at once, on disk next, at the server when it can be reached.
 *
 * Only the tab that holds the Web Lock posts, so three open tabs send once. The id is the idempotency key, so even where
 * there are no locks a second poster does no harm.
 */
import { adoptSent } from '~/data/messages'
import { again, due, nextLook, type OutboxEntry, postpone, refuse, wake } from '~/domain/outbox'
import { newId } from '~/domain/ids'
import { sendMessage } from '~/gen/api'
import { ApiError, isTransient } from '~/http/problem'
import { useLink } from '~/realtime/link-store'
import { onStoredElsewhere } from './outbox-storage'
import { addEntry, changeOutbox, dropEntry, findEntry, openOutbox, readOutbox, saveEntry, useOutbox } from './outbox-store'

const LOCK = 'recado.outbox'
let watching = false
let timer: ReturnType<typeof setTimeout> | undefined
let flushing = false
let flushAgain = false

export async function startOutbox(userId: string): Promise<void> {
  if (!watching) {
    watching = true
    onStoredElsewhere(() => void readOutbox())
    addEventListener('online', flushNow)
    useLink.subscribe(({ link }, before) => link === 'online' && before.link !== 'online' && flushNow())
  }
  if (useOutbox.getState().userId === userId) return
  await openOutbox(userId)
  void flush()
}

/** Nobody is signed in: what waits stays on disk, for the same person. */
export function stopOutbox(): void {
  clearTimeout(timer)
  useOutbox.setState({ userId: '', entries: [], delivery: {} })
}

export function send(ticketId: string, text: string): string {
  const entry: OutboxEntry = {
    id: newId(),
    ticketId,
    userId: useOutbox.getState().userId,
    text,
    createdAt: new Date().toISOString(),
    attempts: 0,
    retryAt: 0,
    refused: null,
  }
  void addEntry(entry).then(flush)
  return entry.id
}

/** A refused message again: its content under a new key. */
export function resend(id: string): void {
  const entry = findEntry(id)
  if (!entry) return
  dropEntry(id)
  void addEntry(again(entry, newId(), new Date().toISOString())).then(flush)
}

/** The line is back: no reason to wait out the delays. */
function flushNow(): void {
  changeOutbox(wake)
  void flush()
}

async function flush(): Promise<void> {
  if (flushing) {
    flushAgain = true
    return
  }
  flushing = true
  try {
    do {
      flushAgain = false
      await exclusively(postDue)
    } while (flushAgain)
  } finally {
    flushing = false
    lookLater()
  }
}

/** Rounds of one message per conversation, until nothing is due. */
async function postDue(): Promise<void> {
  await readOutbox()
  for (;;) {
    const entries = due(useOutbox.getState().entries, Date.now())
    if (entries.length === 0) return
    await Promise.all(entries.map(post))
  }
}

async function post(entry: OutboxEntry): Promise<void> {
  try {
    const { message, delivery } = await sendMessage(entry.ticketId, { text: entry.text }, { headers: { 'Idempotency-Key': entry.id } })
    adoptSent(message)
    useOutbox.setState((state) => ({ delivery: { ...state.delivery, [entry.ticketId]: delivery } }))
    dropEntry(entry.id)
  } catch (error) {
    if (isTransient(error)) changeOutbox((entries) => postpone(entries, entry.id, Date.now(), askedWait(error)))
    else changeOutbox((entries) => refuse(entries, entry.id, error instanceof ApiError ? error.code : 'internal'))
    const changed = findEntry(entry.id)
    if (changed) await saveEntry(changed)
  }
}

/** Milliseconds that the server asked us to wait. */
const askedWait = (error: unknown): number => (error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0)

function lookLater(): void {
  clearTimeout(timer)
  const at = nextLook(useOutbox.getState().entries)
  if (at !== null) timer = setTimeout(() => void flush(), Math.max(at - Date.now(), 0))
}

function exclusively(work: () => Promise<void>): Promise<void> {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work()
}
