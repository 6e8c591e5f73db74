/**
 * The outbox on disk (IndexedDB), so that what was written survives a closed tab; and a word to the other tabs.
 *
 * Where storage is off or full the outbox lives in memory only: sending must not depend on it.
 */
import { createStore, del, entries, set, type UseStore } from 'idb-keyval'
import type { Outbox, OutboxEntry } from '~/domain/outbox'

const tabs = new BroadcastChannel('recado.outbox')
let opened: UseStore | null = null

export async function readStored(userId: string): Promise<Outbox> {
  try {
    const all = await entries<string, OutboxEntry>(store())
    return all.map(([, entry]) => entry).filter((entry) => entry.userId === userId)
  } catch {
    return []
  }
}

/** False when the disk did not take it. */
export async function putStored(entry: OutboxEntry): Promise<boolean> {
  try {
    await set(entry.id, entry, store())
    tabs.postMessage('changed')
    return true
  } catch {
    return false
  }
}

export async function dropStored(id: string): Promise<void> {
  try {
    await del(id, store())
    tabs.postMessage('changed')
  } catch {
    // It was never stored, then.
  }
}

export function onStoredElsewhere(listener: () => void): () => void {
  tabs.addEventListener('message', listener)
  return () => tabs.removeEventListener('message', listener)
}

function store(): UseStore {
  opened ??= createStore('recado', 'outbox')
  return opened
}
