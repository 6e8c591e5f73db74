/**
 * Who is signed in. The access token lives in this module's memory and nowhere else; the refresh token is a cookie that
 * scripts cannot read and may be used once, so renewing is serialised over all tabs with a Web Lock.
 */
import type { SignedIn } from '~/gen/model/signedIn'
import { NetworkError, readProblem } from './problem'

interface AccessToken {
  readonly value: string
  readonly expiresAt: number
}

/** `ended`: without anybody's wish, so that coming back should lead to the same place. */
export type SessionChange = 'signed-in' | 'signed-out' | 'ended'
type Listener = (change: SessionChange) => void

const HINT = 'recado.signed-in'
const TIMEOUT = 15_000
const FRESH_ENOUGH = 30_000

let access: AccessToken | null = null
let renewing: Promise<boolean> | null = null
const listeners = new Set<Listener>()
const tabs = new BroadcastChannel('recado.session')

tabs.onmessage = (event: MessageEvent<'signed-out'>) => {
  if (event.data === 'signed-out') forget('signed-out')
}

export const accessToken = (): string | null => access?.value ?? null

export const tokenExpiresAt = (): number | null => access?.expiresAt ?? null

/** Whether trying the cookie is worth a request: it was set here once and nobody signed out since. */
export const mayHaveSession = (): boolean => localStorage.getItem(HINT) !== null

export function onSessionChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function signedIn(answer: SignedIn): void {
  access = { value: answer.accessToken, expiresAt: Date.parse(answer.expiresAt) }
  localStorage.setItem(HINT, '1')
  tell('signed-in')
}

/** Signed out here: the other tabs follow. */
export function signedOut(): void {
  tabs.postMessage('signed-out')
  forget('signed-out')
}

/** A new access token for the cookie. False when there is no session any more; throws when nobody answered. */
export function renewSession(): Promise<boolean> {
  renewing ??= exclusively(renew).finally(() => {
    renewing = null
  })
  return renewing
}

async function renew(): Promise<boolean> {
  const response = await ask()
  if (response.ok) {
    signedIn((await response.json()) as SignedIn)
    return true
  }
  if (response.status === 401 || response.status === 403) {
    forget('ended')
    return false
  }
  throw await readProblem(response)
}

async function ask(): Promise<Response> {
  try {
    return await fetch('/api/auth/refresh', {
      method: 'POST',
      headers: { 'X-Recado-Refresh': '1' },
      signal: AbortSignal.timeout(TIMEOUT),
    })
  } catch (error) {
    throw new NetworkError(error)
  }
}

/** The token, renewed first when it is about to end. */
export async function freshToken(): Promise<string | null> {
  if (access && access.expiresAt - Date.now() > FRESH_ENOUGH) return access.value
  return (await renewSession()) ? accessToken() : null
}

function forget(change: SessionChange): void {
  access = null
  localStorage.removeItem(HINT)
  tell(change)
}

function tell(change: SessionChange): void {
  for (const listener of listeners) listener(change)
}

/** Plain HTTP on another host than localhost has no Web Locks; one tab then only has itself to wait for. */
function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('recado.refresh', work) : work()
}
