import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aFrame, aMessage, created } from '~/testing/builders'
import type { Frame, RecadoEvent } from './model'
import { adoptStreams, hasHole, isBehind, receive, startAt, type StreamState } from './stream-state'

const event = (stream: string, number: number): RecadoEvent => created(aMessage({ id: `${stream}-${number}`, seq: number }))

const idOf = (one: RecadoEvent): string => ('message' in one ? one.message.id : '')

/** A stream cut into frames of the given sizes. */
function framesOf(stream: string, sizes: readonly number[]): Frame[] {
  let head = 0
  return sizes.map((size) => {
    const prev = head
    head += size
    return aFrame(stream, prev, Array.from({ length: size }, (_, index) => event(stream, prev + index + 1)))
  })
}

function run(state: StreamState, frames: readonly Frame[]): { state: StreamState; ids: string[] } {
  const ids: string[] = []
  let now = state
  for (const frame of frames) {
    const step = receive(now, frame)
    now = step.state
    ids.push(...step.events.map(idOf))
  }
  return { state: now, ids }
}

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 })

describe('receive', () => {
  it('gives every event once and in order, whatever the order, the doubles and the losses, once the log was read', () => {
    const scenario = fc.record({ a: sizes, b: sizes }).chain(({ a, b }) => {
      const frames = [...framesOf('a', a), ...framesOf('b', b)]
      const heard = fc.array(fc.constantFrom(...frames), { maxLength: frames.length * 3 })
      return fc.record({ frames: fc.constant(frames), heard })
    })
    fc.assert(
      fc.property(scenario, ({ frames, heard }) => {
        const { state, ids } = run(startAt({ a: 0, b: 0 }), [...heard, ...frames])
        for (const stream of ['a', 'b']) {
          const total = frames.filter((frame) => frame.stream === stream).reduce((sum, frame) => sum + frame.events.length, 0)
          expect(ids.filter((id) => id.startsWith(`${stream}-`))).toEqual(Array.from({ length: total }, (_, index) => `${stream}-${index + 1}`))
          expect(state.cursor[stream]).toBe(total)
        }
        expect(hasHole(state)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('holds what comes after a hole and says so', () => {
    const [first, second] = framesOf('a', [1, 1]) as [Frame, Frame]
    const early = run(startAt({ a: 0 }), [second])
    expect(early.ids).toEqual([])
    expect(hasHole(early.state)).toBe(true)
    const filled = run(early.state, [first])
    expect(filled.ids).toEqual(['a-1', 'a-2'])
    expect(hasHole(filled.state)).toBe(false)
  })

  it('cuts a frame that overlaps what was already applied', () => {
    const { state } = run(startAt({ a: 0 }), [aFrame('a', 0, [event('a', 1), event('a', 2)])])
    const overlapping = aFrame('a', 1, [event('a', 2), event('a', 3)])
    expect(run(state, [overlapping]).ids).toEqual(['a-3'])
  })

  it('ignores streams that are not ours', () => {
    expect(run(startAt({ a: 0 }), framesOf('b', [2])).ids).toEqual([])
  })

  it('holds a limited number of frames', () => {
    const { state } = run(startAt({ a: 0 }), framesOf('a', Array.from({ length: 700 }, () => 1)).slice(1))
    expect(state.held.length).toBe(500)
  })
})

describe('the beacon', () => {
  it('tells whether a followed stream moved past us', () => {
    const state = startAt({ a: 3 })
    expect(isBehind(state, { a: 4 })).toBe(true)
    expect(isBehind(state, { a: 3, b: 9 })).toBe(false)
  })

  it('adopts new streams without moving known ones', () => {
    expect(adoptStreams(startAt({ a: 3 }), { a: 9, b: 5 }).cursor).toEqual({ a: 3, b: 5 })
  })
})
