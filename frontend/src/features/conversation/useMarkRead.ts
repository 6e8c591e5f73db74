import { useEffect } from 'react'
import { markRead } from '~/data/tickets'
import type { Ticket } from '~/domain/model'

const running = new Set<string>()

/** A conversation that is open in a visible page has been read. A failure is not told: the next look tries again. */
export function useMarkRead(ticket: Ticket): void {
  const { id, unreadCount } = ticket
  useEffect(() => {
    if (unreadCount === 0) return
    const mark = (): void => {
      if (document.visibilityState !== 'visible' || running.has(id)) return
      running.add(id)
      markRead(id)
        .catch(() => undefined)
        .finally(() => running.delete(id))
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [id, unreadCount])
}
