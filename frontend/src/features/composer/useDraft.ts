import { useEffect, useRef, useState } from 'react'
import { readDraft, writeDraft } from './drafts'

const SAVE_AFTER = 300

/** The text of the composer; saved shortly after the last key, when the page goes away and when the conversation changes. */
export function useDraft(userId: string, ticketId: string): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => readDraft(userId, ticketId))
  const latest = useRef(text)

  useEffect(() => {
    latest.current = text
    const timer = setTimeout(() => writeDraft(userId, ticketId, text), SAVE_AFTER)
    return () => clearTimeout(timer)
  }, [userId, ticketId, text])

  useEffect(() => {
    const save = (): void => writeDraft(userId, ticketId, latest.current)
    addEventListener('pagehide', save)
    return () => {
      removeEventListener('pagehide', save)
      save()
    }
  }, [userId, ticketId])

  return [text, setText]
}
