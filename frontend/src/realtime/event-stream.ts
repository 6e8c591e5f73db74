/**
 * Follows the numbered streams: the socket is a hint, `GET /api/events` is the truth.
 *
 * Frames from the socket and from the log go through one state machine, so it does not matter which is faster, what is
 * lost or what comes twice. One fill runs at a time; asking for another while it runs makes it go round once more.
 */
import type { Frame, FramePage, RecadoEvent } from '~/domain/model'
import { adoptStreams, hasHole, isBehind, receive, startAt, type StreamState } from '~/domain/stream-state'

type Cursor = Readonly<Record<string, number>>

export interface EventStreamPorts {
  readonly fetchSince: (cursor: Cursor) => Promise<FramePage>
  readonly apply: (events: readonly RecadoEvent[]) => void
  /** The log does not reach back that far: what is cached must be read again. */
  readonly reset: () => void
  readonly onFilling: (filling: boolean) => void
}

export class EventStream {
  private state: StreamState
  private filling: Promise<void> | null = null
  private again = false
  private readonly ports: EventStreamPorts

  constructor(cursor: Cursor, ports: EventStreamPorts) {
    this.state = startAt(cursor)
    this.ports = ports
  }

  get cursor(): Cursor {
    return this.state.cursor
  }

  receive(frame: Frame): void {
    this.step(frame)
    if (hasHole(this.state)) this.fillInBackground()
  }

  heads(heads: Cursor): void {
    if (isBehind(this.state, heads)) this.fillInBackground()
  }

  /** Reads the log until it has nothing more for us. Rejects when the server cannot be reached. */
  fill(): Promise<void> {
    if (this.filling) {
      this.again = true
      return this.filling
    }
    this.ports.onFilling(true)
    this.filling = this.readLog().finally(() => {
      this.filling = null
      this.ports.onFilling(false)
    })
    return this.filling
  }

  private async readLog(): Promise<void> {
    do {
      this.again = false
      const page = await this.ports.fetchSince(this.state.cursor)
      if (page.reset) this.restart(page.cursor)
      else if (this.advance(page)) this.again = true
    } while (this.again)
  }

  /** True when the page moved us and its cursor says that there is more. */
  private advance(page: FramePage): boolean {
    const before = this.state.cursor
    this.state = adoptStreams(this.state, page.cursor)
    for (const frame of page.frames) this.step(frame)
    return this.state.cursor !== before && isBehind(this.state, page.cursor)
  }

  private restart(cursor: Cursor): void {
    this.state = startAt(cursor)
    this.ports.reset()
  }

  private step(frame: Frame): void {
    const { state, events } = receive(this.state, frame)
    this.state = state
    if (events.length > 0) this.ports.apply(events)
  }

  /** A failed fill is asked again by the next beacon, frame, connect or `online`. */
  private fillInBackground(): void {
    this.fill().catch(() => undefined)
  }
}
