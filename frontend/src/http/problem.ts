/** What can go wrong between us and the server, in two kinds: it answered "no" (ApiError) or nobody answered (NetworkError). */
interface ProblemBody {
  readonly title?: string
  readonly detail?: string
  readonly code?: string
  readonly [extra: string]: unknown
}

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problem: ProblemBody
  /** Seconds the server asked us to wait. */
  readonly retryAfter: number | null

  constructor(status: number, problem: ProblemBody, retryAfter: number | null) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? `http_${status}`
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('The server could not be reached.', { cause })
    this.name = 'NetworkError'
  }
}

const TRANSIENT = new Set([401, 408, 425, 429])

/** Asking again with the same words may help: no answer, an overloaded or a restarting server. */
export function isTransient(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status >= 500 || TRANSIENT.has(error.status)
}

export async function readProblem(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get('Retry-After'))
  let problem: ProblemBody = {}
  try {
    problem = (await response.json()) as ProblemBody
  } catch {
    // A proxy answered with something else than a problem: its status says enough.
  }
  return new ApiError(response.status, problem, Number.isFinite(wait) && wait > 0 ? wait : null)
}
