/**
 * What a browser knows of the numbered streams, as a pure state machine.
 *
 * A frame `{stream, prev, seq, events}` may be applied only when `prev` is where we stand; what is older is ignored,
 * what is newer is held until the hole before it is filled. Frames may arrive twice, in any order, from the socket or
 * from the log: whatever the order, each event comes out once and in sequence.
 */
import type { Frame, RecadoEvent } from './model'

export interface StreamState {
  readonly cursor: Readonly<Record<string, number>>
  readonly held: readonly Frame[]
}

interface Step {
  readonly state: StreamState
  readonly events: readonly RecadoEvent[]
}

/** More than this is not worth holding: the log has it all, and the fill that follows will bring it. */
const HELD_LIMIT = 500

export const startAt = (cursor: Readonly<Record<string, number>>): StreamState => ({ cursor, held: [] })

export const hasHole = (state: StreamState): boolean => state.held.length > 0

/** True when a beacon says that a stream we follow has moved past what we have, held frames included. */
export function isBehind(state: StreamState, heads: Readonly<Record<string, number>>): boolean {
  return Object.entries(heads).some(([stream, head]) => {
    const at = state.cursor[stream]
    return at !== undefined && head > at
  })
}

export function receive(state: StreamState, frame: Frame): Step {
  const at = state.cursor[frame.stream]
  if (at === undefined || frame.seq <= at) return { state, events: [] }
  if (frame.prev > at) return { state: hold(state, frame), events: [] }
  const advanced: StreamState = { ...state, cursor: { ...state.cursor, [frame.stream]: frame.seq } }
  return drain(advanced, unseen(frame, at))
}

/** Follows streams that the server says are ours and that we did not know. */
export function adoptStreams(state: StreamState, cursor: Readonly<Record<string, number>>): StreamState {
  return { ...state, cursor: { ...cursor, ...state.cursor } }
}

/** The events of a frame after `at`: one event is one number, so an overlapping frame is cut, not applied again. */
function unseen(frame: Frame, at: number): readonly RecadoEvent[] {
  const numbered = frame.events.length === frame.seq - frame.prev
  return numbered && frame.prev < at ? frame.events.slice(at - frame.prev) : frame.events
}

function hold(state: StreamState, frame: Frame): StreamState {
  const known = state.held.some((other) => other.stream === frame.stream && other.seq === frame.seq)
  if (known || state.held.length >= HELD_LIMIT) return state
  return { ...state, held: [...state.held, frame] }
}

function drain(state: StreamState, events: readonly RecadoEvent[]): Step {
  const out = [...events]
  const cursor = { ...state.cursor }
  let held = state.held
  for (;;) {
    const next = held.find((frame) => frame.prev <= (cursor[frame.stream] ?? -1) && frame.seq > (cursor[frame.stream] ?? -1))
    if (!next) break
    out.push(...unseen(next, cursor[next.stream] ?? 0))
    cursor[next.stream] = next.seq
  }
  held = held.filter((frame) => frame.seq > (cursor[frame.stream] ?? -1))
  return { state: { cursor, held }, events: out }
}
