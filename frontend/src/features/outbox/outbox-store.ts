/** What waits in this browser: in memory for the screen, on disk for tomorrow, told to the other tabs. */
import { create } from 'zustand'
import { enqueue, merge, type Outbox, type OutboxEntry, remove } from '~/domain/outbox'
import { dropStored, putStored, readStored } from './outbox-storage'

interface OutboxState {
  readonly userId: string
  readonly entries: Outbox
  /** What the last answer said about when the message will leave, per conversation. */
  readonly delivery: Readonly<Record<string, 'now' | 'when_online'>>
}

export const useOutbox = create<OutboxState>(() => ({ userId: '', entries: [], delivery: {} }))

/** Not on disk (yet): a reading of the disk must not make them vanish. */
const unsaved = new Set<string>()
/** Dropped here: a reading that began before must not bring them back. */
const dropped = new Set<string>()

export const findEntry = (id: string): OutboxEntry | undefined => useOutbox.getState().entries.find((entry) => entry.id === id)

export async function openOutbox(userId: string): Promise<void> {
  useOutbox.setState({ userId, entries: [], delivery: {} })
  await readOutbox()
}

export async function readOutbox(): Promise<void> {
  const { userId } = useOutbox.getState()
  const here = new Set(unsaved)
  const stored = (await readStored(userId)).filter((entry) => !dropped.has(entry.id))
  changeOutbox((entries) => merge(stored, entries, (id) => here.has(id) || unsaved.has(id)))
}

export function addEntry(entry: OutboxEntry): Promise<void> {
  changeOutbox((entries) => enqueue(entries, entry))
  return saveEntry(entry)
}

export async function saveEntry(entry: OutboxEntry): Promise<void> {
  unsaved.add(entry.id)
  if (await putStored(entry)) unsaved.delete(entry.id)
}

export function dropEntry(id: string): void {
  dropped.add(id)
  unsaved.delete(id)
  changeOutbox((entries) => remove(entries, id))
  void dropStored(id)
}

export function changeOutbox(reduce: (entries: Outbox) => Outbox): void {
  useOutbox.setState((state) => ({ entries: reduce(state.entries) }))
}
