/**
 * The last events that were applied, so that a page fetched meanwhile can be brought up to date.
 *
 * A page is a snapshot of some moment between request and answer. Replaying over it every event that came since the
 * request makes it current: events are whole views and the last one wins, so replaying one too many does no harm.
 */
import type { RecadoEvent } from './model'

const KEPT = 2_000

export class RecentEvents {
  private events: RecadoEvent[] = []
  private dropped = 0

  add(events: readonly RecadoEvent[]): void {
    this.events.push(...events)
    if (this.events.length <= KEPT * 2) return
    this.dropped += this.events.length - KEPT
    this.events = this.events.slice(-KEPT)
  }

  /** Now; give it to `since` when the page is here. */
  mark(): number {
    return this.dropped + this.events.length
  }

  /** Null when more happened than is remembered: fetch again. */
  since(mark: number): readonly RecadoEvent[] | null {
    return mark < this.dropped ? null : this.events.slice(mark - this.dropped)
  }
}
