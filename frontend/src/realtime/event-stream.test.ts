import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Frame, FramePage, RecadoEvent } from '~/domain/model'
import { aFrame, aMessage, created } from '~/testing/builders'
import { EventStream } from './event-stream'

const STREAM = 'queue:1'

/** The server's side: an append-only log, read in pages. */
class Log {
  readonly frames: Frame[] = []
  reads = 0
  failing = 0
  trimmed = false

  append(): Frame {
    const head = this.frames.length
    const frame = aFrame(STREAM, head, [created(aMessage({ id: `m-${head + 1}`, seq: head + 1 }))])
    this.frames.push(frame)
    return frame
  }

  async since(cursor: Readonly<Record<string, number>>): Promise<FramePage> {
    this.reads += 1
    await Promise.resolve()
    if (this.failing > 0) {
      this.failing -= 1
      throw new Error('unreachable')
    }
    const at = cursor[STREAM] ?? 0
    const head = { [STREAM]: this.frames.length }
    if (this.trimmed) return { frames: [], cursor: head, reset: true }
    return { frames: this.frames.slice(at, at + 3), cursor: head, reset: false }
  }
}

function follow(log: Log) {
  const seen: string[] = []
  const reset = vi.fn<() => void>()
  const stream = new EventStream(
    { [STREAM]: 0 },
    {
      fetchSince: (cursor) => log.since(cursor),
      apply: (events: readonly RecadoEvent[]) => seen.push(...events.map((one) => ('message' in one ? one.message.id : ''))),
      reset,
      onFilling: () => undefined,
    },
  )
  return { stream, seen, reset }
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `m-${index + 1}`)

describe('EventStream', () => {
  it('ends with every event once, in order, under loss, doubles, disorder and failing reads', async () => {
    const step = fc.record({
      lost: fc.boolean(),
      twice: fc.boolean(),
      late: fc.boolean(),
      failing: fc.integer({ min: 0, max: 2 }),
      beacon: fc.boolean(),
      pause: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const log = new Log()
        const { stream, seen } = follow(log)
        const delayed: Frame[] = []
        for (const { lost, twice, late, failing, beacon, pause } of steps) {
          const frame = log.append()
          log.failing = failing
          if (late) delayed.push(frame)
          else if (!lost) stream.receive(frame)
          if (twice) stream.receive(frame)
          if (beacon) stream.heads({ [STREAM]: log.frames.length })
          if (pause) await Promise.resolve()
        }
        for (const frame of delayed) stream.receive(frame)
        await stream.fill().catch(() => undefined)
        log.failing = 0
        await stream.fill()
        expect(seen).toEqual(ids(steps.length))
      }),
      { numRuns: 500 },
    )
  })

  it('reads page after page until it has the head', async () => {
    const log = new Log()
    for (let index = 0; index < 10; index += 1) log.append()
    const { stream, seen } = follow(log)
    await stream.fill()
    expect(seen).toEqual(ids(10))
  })

  it('reads the log once for many holes at the same time', async () => {
    const log = new Log()
    log.append()
    const { stream } = follow(log)
    const frames = [log.append(), log.append(), log.append()]
    for (const frame of frames) stream.receive(frame)
    await vi.waitFor(() => expect(stream.cursor[STREAM]).toBe(4))
    expect(log.reads).toBeLessThanOrEqual(3)
  })

  it('does not ask when a beacon tells nothing new', () => {
    const log = new Log()
    const { stream } = follow(log)
    stream.heads({ [STREAM]: 0 })
    expect(log.reads).toBe(0)
  })

  it('starts anew when the log does not reach back', async () => {
    const log = new Log()
    for (let index = 0; index < 5; index += 1) log.append()
    log.trimmed = true
    const { stream, seen, reset } = follow(log)
    await stream.fill()
    expect(reset).toHaveBeenCalledOnce()
    expect(seen).toEqual([])
    stream.receive(log.append())
    expect(seen).toEqual(['m-6'])
  })
})
