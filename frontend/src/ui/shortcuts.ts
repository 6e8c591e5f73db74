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
      if (!acceptsSingleKey(event)) return
      event.preventDefault()
      latest.current(event)
    }
    const keys = SHORTCUTS.find((shortcut) => shortcut.id === id)?.keys ?? []
    return tinykeys(window, Object.fromEntries(keys.map((key) => [key, act])))
  }, [id])
}
