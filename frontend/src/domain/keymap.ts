/**
 * Every shortcut, once: the listener, the help sheet and `aria-keyshortcuts` read from here.
 *
 * Single keys act only while nothing is being typed. Alt is never used: on many layouts it writes letters.
 */
export interface Shortcut {
  readonly id: ShortcutId
  /** In the notation of tinykeys; Shift is left open where a layout needs it to reach the character. */
  readonly binding: string
  /** As it is printed on the key. */
  readonly label: string
}

export type ShortcutId = 'next' | 'previous' | 'open' | 'search' | 'close' | 'take' | 'help' | 'leave'

export const SHORTCUTS: readonly Shortcut[] = [
  { id: 'next', binding: 'j', label: 'j' },
  { id: 'previous', binding: 'k', label: 'k' },
  { id: 'open', binding: 'Enter', label: 'Enter' },
  { id: 'search', binding: '[Shift]+/', label: '/' },
  { id: 'take', binding: 'a', label: 'a' },
  { id: 'close', binding: 'e', label: 'e' },
  { id: 'help', binding: '[Shift]+?', label: '?' },
  { id: 'leave', binding: 'Escape', label: 'Esc' },
]

const TEXT_INPUTS = new Set(['text', 'search', 'email', 'password', 'url', 'tel', 'number', ''])

function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return TEXT_INPUTS.has(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

/** Nobody typing, no modifier, no composition, no dialog or menu in front. */
export function acceptsSingleKey(event: KeyboardEvent): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false
  if (isEditable(event.target)) return false
  return !(event.target instanceof Element && event.target.closest('[role=dialog],[role=menu],[role=listbox]'))
}
