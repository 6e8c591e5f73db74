/** Answers of the API for tests: routes by "METHOD /path", each call recorded. What is not declared fails the test. */
import { vi } from 'vitest'

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: unknown
}

export type Answer = (call: Call) => Response | Promise<Response>

export function fakeServer(routes: Record<string, Answer>): Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (url: string, options: RequestInit = {}) => {
    const path = url.split('?')[0] ?? url
    const body: unknown = typeof options.body === 'string' ? JSON.parse(options.body) : null
    const call = { method: options.method ?? 'GET', path, headers: new Headers(options.headers), body }
    calls.push(call)
    const answer = routes[`${call.method} ${path}`]
    if (!answer) throw new Error(`No answer declared for ${call.method} ${path}`)
    return answer(call)
  })
  return calls
}

export const json = (body: unknown, status = 200): Response => Response.json(body, { status })

export const problem = (status: number, code: string): Response =>
  Response.json({ type: `x/${code}`, title: code, status, detail: code, code }, { status })
