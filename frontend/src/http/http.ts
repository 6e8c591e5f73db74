/** The one way to the API: every generated function ends here. Adds the token, renews it once on 401, names what failed. */
import { NetworkError, readProblem } from './problem'
import { accessToken, renewSession } from './session'

const TIMEOUT = 15_000
const WITHOUT_TOKEN = new Set(['/api/auth/sign-in', '/api/auth/refresh'])

export async function http<T>(url: string, options: RequestInit = {}): Promise<T> {
  let response = await send(url, options)
  if (response.status === 401 && !WITHOUT_TOKEN.has(url) && (await renewSession())) response = await send(url, options)
  if (!response.ok) throw await readProblem(response)
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function send(url: string, options: RequestInit): Promise<Response> {
  const headers = new Headers(options.headers)
  const token = accessToken()
  if (token && !WITHOUT_TOKEN.has(url)) headers.set('Authorization', `Bearer ${token}`)
  const timeout = AbortSignal.timeout(TIMEOUT)
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout
  try {
    return await fetch(url, { ...options, headers, signal })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new NetworkError(error)
  }
}
