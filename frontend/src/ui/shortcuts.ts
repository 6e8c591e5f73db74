import { useEffect, useRef } from 'react'
import { tinykeys } from 'tinykeys'
import { acceptsSingleKey, SHORTCUTS, type ShortcutId } from '~/domain/keymap'

/** Runs while mounted. What is typed, and what a dialog or menu is for, never triggers it. */
export function useShortcut(id: ShortcutId, run: (event: KeyboardEvent) => void): void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  useEffect(() => {
    const act = (event: KeyboardEvent): void => {
      event.preventDefault()
      latest.current(event)
    }
    const bindings = SHORTCUTS.filter((shortcut) => shortcut.id === id).map(({ binding }) => [binding, act])
    return tinykeys(globalThis.window, Object.fromEntries(bindings), { ignore: (event) => !acceptsSingleKey(event) })
  }, [id])
}
