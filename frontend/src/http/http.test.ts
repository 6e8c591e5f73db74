import { describe, expect, it, vi } from 'vitest'
import { type Call, fakeServer, json, problem } from '~/testing/fake-server'
import { http } from './http'
import { ApiError, isTransient, NetworkError } from './problem'
import { accessToken, mayHaveSession, onSessionChange, renewSession, type SessionChange, signedIn, signedOut } from './session'

const user = { id: 'u-1', name: 'Ana', email: 'ana@example.com', role: 'agent' } as const

const signIn = (token: string): void => signedIn(answer(token))

const answer = (token: string) => ({ accessToken: token, expiresAt: '2099-01-01T00:00:00Z', user })

const bearer = (call: Call): string | null => call.headers.get('Authorization')

describe('a token that ended', () => {
  it('is renewed once for many requests, which are then asked again', async () => {
    signIn('old')
    const calls = fakeServer({
      'POST /api/auth/refresh': () => json(answer('new')),
      'GET /api/me': (call) => (bearer(call) === 'Bearer new' ? json({ ok: true }) : problem(401, 'unauthenticated')),
    })
    const results = await Promise.all([http('/api/me'), http('/api/me'), http('/api/me')])
    expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    const renewals = calls.filter((call) => call.path === '/api/auth/refresh')
    expect(renewals).toHaveLength(1)
    expect(renewals[0]?.headers.get('X-Recado-Refresh')).toBe('1')
  })

  it('ends the session when the cookie counts no more', async () => {
    signIn('old')
    const heard = vi.fn<(change: SessionChange) => void>()
    const stop = onSessionChange(heard)
    fakeServer({
      'POST /api/auth/refresh': () => problem(401, 'unauthenticated'),
      'GET /api/me': () => problem(401, 'unauthenticated'),
    })
    await expect(http('/api/me')).rejects.toMatchObject({ status: 401 })
    expect(heard).toHaveBeenLastCalledWith('ended')
    expect(accessToken()).toBeNull()
    expect(mayHaveSession()).toBe(false)
    stop()
  })

  it('is not the end of the session when nobody answers', async () => {
    signIn('old')
    fakeServer({ 'POST /api/auth/refresh': () => problem(503, 'unavailable') })
    await expect(renewSession()).rejects.toMatchObject({ status: 503 })
    expect(mayHaveSession()).toBe(true)
  })
})

it('keeps the token out of the browser’s storage', () => {
  signIn('secret-token')
  expect(JSON.stringify(Object.entries(localStorage))).not.toContain('secret-token')
  signedOut()
  expect(accessToken()).toBeNull()
})

it('does not send the token to the door', async () => {
  signIn('secret-token')
  const calls = fakeServer({ 'POST /api/auth/sign-in': () => problem(401, 'invalid_credentials') })
  await expect(http('/api/auth/sign-in', { method: 'POST' })).rejects.toMatchObject({ code: 'invalid_credentials' })
  expect(calls.map(bearer)).toEqual([null])
})

it('gives nothing for an answer without content', async () => {
  fakeServer({ 'DELETE /api/x': () => new Response(null, { status: 204 }) })
  await expect(http('/api/x', { method: 'DELETE' })).resolves.toBeUndefined()
})

describe('what went wrong', () => {
  it('has the code and the wait of the server', async () => {
    fakeServer({ 'GET /api/x': () => Response.json({ code: 'too_many_requests', detail: 'slow down' }, { status: 429, headers: { 'Retry-After': '7' } }) })
    await expect(http('/api/x')).rejects.toMatchObject({ code: 'too_many_requests', message: 'slow down', retryAfter: 7 })
  })

  it('has the status when a proxy answers with a page', async () => {
    fakeServer({ 'GET /api/x': () => new Response('<h1>Bad gateway</h1>', { status: 502 }) })
    await expect(http('/api/x')).rejects.toMatchObject({ code: 'http_502' })
  })

  it('is a network error when nobody answers', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await expect(http('/api/x')).rejects.toBeInstanceOf(NetworkError)
  })

  it.each([
    [new NetworkError(null), true],
    [new ApiError(503, {}, null), true],
    [new ApiError(429, {}, null), true],
    [new ApiError(409, {}, null), false],
    [new ApiError(422, {}, null), false],
  ])('%s may pass by itself: %s', (error, expected) => {
    expect(isTransient(error)).toBe(expected)
  })
})
