/** Pages brought up to date with the events that came while they were on their way (see domain/recent-events). */
import type { RecadoEvent } from '~/domain/model'
import { RecentEvents } from '~/domain/recent-events'

export const recentEvents = new RecentEvents()

export async function fetchCurrent<T>(fetchPage: () => Promise<T>, replay: (page: T, events: readonly RecadoEvent[]) => T): Promise<T> {
  for (;;) {
    const mark = recentEvents.mark()
    const page = await fetchPage()
    const missed = recentEvents.since(mark)
    if (missed) return replay(page, missed)
  }
}
