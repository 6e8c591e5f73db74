/**
 * The contiguous part of a conversation that is loaded, sorted by `seq`, as a pure reducer.
 *
 * Facts arrive by three ways: pages (HTTP), events (in stream order, the last one wins) and the answer to our own POST
 * (a snapshot of unknown age, so it may add a message but never overwrite what an event already told).
 * The window is capped: a conversation of 100,000 messages costs no more than one of 400.
 */
import type { Message } from './model'

export interface MessageWindow {
  readonly items: readonly Message[]
  readonly hasBefore: boolean
  readonly hasAfter: boolean
}

export interface MessagePage {
  readonly items: readonly Message[]
  readonly hasBefore: boolean
  readonly hasAfter: boolean
}

export const PAGE_SIZE = 50
export const WINDOW_LIMIT = 400

export const fromPage = (page: MessagePage): MessageWindow => ({
  items: page.items,
  hasBefore: page.hasBefore,
  hasAfter: page.hasAfter,
})

export function prependPage(window: MessageWindow, page: MessagePage): MessageWindow {
  const first = window.items[0]?.seq ?? Number.POSITIVE_INFINITY
  const items = [...page.items.filter((message) => message.seq < first), ...window.items]
  const cut = items.slice(0, WINDOW_LIMIT)
  return { items: cut, hasBefore: page.hasBefore, hasAfter: window.hasAfter || cut.length < items.length }
}

export function appendPage(window: MessageWindow, page: MessagePage): MessageWindow {
  const last = window.items.at(-1)?.seq ?? Number.NEGATIVE_INFINITY
  const items = [...window.items, ...page.items.filter((message) => message.seq > last)]
  const cut = items.slice(-WINDOW_LIMIT)
  return { items: cut, hasBefore: window.hasBefore || cut.length < items.length, hasAfter: page.hasAfter }
}

/** An event: replaces what we know, or is inserted at its place if that place is loaded. */
export function applyMessage(window: MessageWindow, message: Message): MessageWindow {
  const known = findLastIndex(window.items, message.id)
  if (known >= 0) return { ...window, items: window.items.with(known, message) }
  return insert(window, message)
}

/** The answer to our own POST: added when no event was faster, otherwise ignored. */
export function adoptMessage(window: MessageWindow, message: Message): MessageWindow {
  return findLastIndex(window.items, message.id) >= 0 ? window : insert(window, message)
}

function insert(window: MessageWindow, message: Message): MessageWindow {
  const { items } = window
  let at = items.length
  while (at > 0 && (items[at - 1]?.seq ?? 0) > message.seq) at -= 1
  if (at === items.length && window.hasAfter) return window
  if (at === 0 && window.hasBefore) return window
  return capped({ ...window, items: items.toSpliced(at, 0, message) })
}

/** Live messages are appended at the end, so it is the start that is let go, a page at a time. */
function capped(window: MessageWindow): MessageWindow {
  if (window.items.length < WINDOW_LIMIT + PAGE_SIZE) return window
  return { ...window, items: window.items.slice(-WINDOW_LIMIT), hasBefore: true }
}

/** Newest first: what changes is nearly always at the end. */
function findLastIndex(items: readonly Message[], id: string): number {
  return items.findLastIndex((item) => item.id === id)
}
