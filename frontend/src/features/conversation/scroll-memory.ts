/** Where each conversation was left, so that coming back does not lose the place. Forgotten when the page is. */
import type { VirtualItem } from '@tanstack/react-virtual'

interface Place {
  readonly offset: number
  readonly measured: VirtualItem[]
}

const KEPT = 30
const places = new Map<string, Place>()

export const recallPlace = (ticketId: string): Place | undefined => places.get(ticketId)

export function rememberPlace(ticketId: string, place: Place | null): void {
  places.delete(ticketId)
  if (place) places.set(ticketId, place)
  const oldest = places.keys().next().value
  if (places.size > KEPT && oldest !== undefined) places.delete(oldest)
}
