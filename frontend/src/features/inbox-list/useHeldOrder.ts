import { useCallback, useEffect, useRef, useState } from 'react'
import type { Ticket } from '~/domain/model'
import { holdOrder } from '~/domain/ticket-list'

const STILL = 2_500

interface HeldOrder {
  readonly items: readonly Ticket[]
  readonly onPointerMove: () => void
  readonly onPointerLeave: () => void
}

/** Rows do not move under a hand that is choosing: while the pointer moves over the list, known rows keep their order. */
export function useHeldOrder(current: readonly Ticket[]): HeldOrder {
  const [held, setHeld] = useState<readonly string[] | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(current)
  useEffect(() => {
    latest.current = current
  }, [current])

  const release = useCallback(() => {
    clearTimeout(timer.current)
    setHeld(null)
  }, [])
  const hold = useCallback(() => {
    setHeld((before) => before ?? latest.current.map((ticket) => ticket.id))
    clearTimeout(timer.current)
    timer.current = setTimeout(release, STILL)
  }, [release])
  useEffect(() => () => clearTimeout(timer.current), [])

  return { items: holdOrder(current, held), onPointerMove: hold, onPointerLeave: release }
}
