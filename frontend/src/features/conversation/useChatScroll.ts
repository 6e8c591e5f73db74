import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { TimelineRow } from '~/domain/timeline'
import { recallPlace, rememberPlace } from './scroll-memory'

const NEAR_END = 80
const ESTIMATE = 58

export interface ChatScroll {
  readonly rows: Virtualizer<HTMLDivElement, Element>
  /** The reader is looking at the past. */
  readonly away: boolean
  /** There is more than fits into the view. */
  readonly filled: boolean
  readonly onScroll: () => void
}

/** The virtual list in chat mode: it opens at the end or where it was left, and stays at the end while the reader is there. */
export function useChatScroll(ticketId: string, timeline: readonly TimelineRow[], scroller: RefObject<HTMLDivElement | null>): ChatScroll {
  const [place] = useState(() => recallPlace(ticketId))
  const [away, setAway] = useState(place !== undefined)
  const pinned = useRef(place === undefined)
  const rows = useVirtualizer({
    count: timeline.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATE,
    getItemKey: (index) => timeline[index]?.key ?? index,
    overscan: 6,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    paddingStart: 12,
    paddingEnd: 12,
    ...(place ? { initialOffset: place.offset, initialMeasurementsCache: place.measured } : {}),
  })

  useLayoutEffect(() => {
    if (pinned.current) rows.scrollToEnd()
  }, [rows, timeline.length])

  // The composer growing or a banner appearing makes the view smaller: keep the last message in it, if it was.
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() => pinned.current && rows.scrollToEnd())
    observer.observe(element)
    return () => observer.disconnect()
  }, [rows, scroller])

  useEffect(
    () => () =>
      rememberPlace(ticketId, pinned.current ? null : { offset: rows.scrollOffset ?? 0, measured: [...rows.measurementsCache] }),
    [rows, ticketId],
  )

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END
    pinned.current = atEnd
    setAway(!atEnd)
  }, [scroller])

  const filled = rows.getTotalSize() > 2 * (rows.scrollRect?.height ?? 0)
  return { rows, away, filled, onScroll }
}
