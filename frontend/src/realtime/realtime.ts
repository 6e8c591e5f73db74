/**
 * The life of the socket: connect with a fresh token, follow the streams, renew before the token ends, come back after
 * every loss. Starting twice for the same company is one start; signing out stops it.
 */
import { io, type Socket } from 'socket.io-client'
import { queryClient } from '~/data/query-client'
import { listEvents } from '~/gen/api'
import type { Frame } from '~/domain/model'
import { ApiError } from '~/http/problem'
import { freshToken, renewSession, tokenExpiresAt } from '~/http/session'
import { applySoon } from './apply'
import { EventStream } from './event-stream'
import { setLink } from './link-store'

type Cursor = Readonly<Record<string, number>>

const RENEW_AHEAD = 2 * 60_000
const RETRY_FILL = 2_000
const RETRY_REFUSED = 5_000
const LOOK_EVERY = 15_000

let stop: (() => void) | null = null

export function startRealtime(companyId: number | string, cursor: Cursor): void {
  if (stop) return
  const ending = new AbortController()
  const stream = new EventStream(cursor, {
    fetchSince: (at) => listEvents({ cursor: writeCursor(at) }, { signal: ending.signal }),
    apply: applySoon,
    reset: () => void queryClient.invalidateQueries(),
    onFilling: (filling) => filling && setLink('catching-up'),
  })
  const socket = connect(companyId)
  const catchUp = () => void fillUntilDone(stream, socket, ending.signal)
  listen(socket, stream, catchUp)
  listenToBrowser(socket, catchUp, ending.signal)
  const renewal = setInterval(() => void renewBeforeEnd(socket), LOOK_EVERY)
  socket.connect()
  stop = () => {
    ending.abort()
    clearInterval(renewal)
    socket.disconnect()
    setLink('connecting')
    stop = null
  }
}

export const stopRealtime = (): void => stop?.()

function connect(companyId: number | string): Socket {
  return io(`/workspace-${companyId}`, {
    path: '/socket.io/',
    transports: ['websocket'],
    autoConnect: false,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 0.5,
    auth: (give) => {
      freshToken()
        .then((token) => give({ token }))
        .catch(() => give({ token: null }))
    },
  })
}

function listen(socket: Socket, stream: EventStream, catchUp: () => void): void {
  socket.on('connect', catchUp)
  socket.on('frame', (frame: Frame) => stream.receive(frame))
  socket.on('heads', (heads: Cursor) => stream.heads(heads))
  // The token ended or was revoked. Whether the session did is what the cookie decides.
  socket.on('logout', () => comeBack(socket, 0))
  socket.on('disconnect', (reason) => {
    setLink('offline')
    if (reason === 'io server disconnect') comeBack(socket, RETRY_REFUSED * Math.random())
  })
  socket.on('connect_error', (error) => {
    setLink('offline')
    // Not active: the server said no, and socket.io does not come back by itself after that.
    if (!socket.active) comeBack(socket, RETRY_REFUSED * Math.random(), error.message === 'unauthenticated')
  })
}

/** With a new token where the old one was the reason, otherwise only later: a refused renewal ends the session. */
function comeBack(socket: Socket, wait: number, renew = true): void {
  setTimeout(() => {
    if (!stop || socket.connected) return
    const ready = renew ? renewSession() : Promise.resolve(true)
    ready.then(
      (signedIn) => signedIn && stop && socket.connect(),
      () => comeBack(socket, RETRY_REFUSED, renew),
    )
  }, wait)
}

function listenToBrowser(socket: Socket, catchUp: () => void, signal: AbortSignal): void {
  addEventListener('online', () => (socket.connected ? catchUp() : reconnectNow(socket)), { signal })
  addEventListener('offline', () => setLink('offline'), { signal })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && socket.connected && catchUp(), { signal })
}

/** Not after the back-off that the lost attempts have built up. */
function reconnectNow(socket: Socket): void {
  socket.disconnect()
  socket.connect()
}

async function fillUntilDone(stream: EventStream, socket: Socket, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await stream.fill()
      setLink(socket.connected ? 'online' : 'offline')
      return askAgain()
    } catch (error) {
      if (signal.aborted || (error instanceof ApiError && error.status === 401)) return
      setLink('offline')
      await new Promise((resolve) => setTimeout(resolve, RETRY_FILL))
      if (!socket.connected) return
    }
  }
}

/** What failed while the line was away does not wait for somebody to press "try again". */
function askAgain(): void {
  void queryClient.refetchQueries({ predicate: (query) => query.state.status === 'error' && query.isActive() })
}

async function renewBeforeEnd(socket: Socket): Promise<void> {
  const end = tokenExpiresAt()
  if (end === null || end - Date.now() > RENEW_AHEAD) return
  try {
    if (!(await renewSession())) return
    const token = await freshToken()
    if (socket.connected) socket.emit('renew', { token })
  } catch {
    // Nobody answered: the next tick asks again.
  }
}

const writeCursor = (cursor: Cursor): string =>
  Object.entries(cursor)
    .map(([stream, seq]) => `${stream}=${seq}`)
    .join(',')
