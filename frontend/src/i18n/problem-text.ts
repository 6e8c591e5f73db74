/** Errors in the reader's language: by their stable code, otherwise in the server's own words. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { ApiError } from '~/http/problem'

const TEXTS: Record<string, MessageDescriptor> = {
  invalid_credentials: msg`E-mail or password is not right. Check both and try again.`,
  too_many_requests: msg`Too many requests. Wait a moment and try again.`,
  unauthenticated: msg`Your session has ended. Sign in again.`,
  forbidden: msg`Your role does not allow this. Ask an administrator of your company.`,
  not_found: msg`This no longer exists or is not yours to see.`,
  ticket_taken: msg`Somebody else has just taken this conversation.`,
  ticket_closed: msg`This conversation is closed. It opens again when the customer writes.`,
  invalid_request: msg`The server did not accept this. Check what you typed and try again.`,
  idempotency_key_reused: msg`This message was already sent with another text. Send it again as a new message.`,
  no_address: msg`This contact has no address on WhatsApp to write to.`,
  declared_with_kubectl: msg`Here, connections are created with kubectl. Ask whoever runs the platform.`,
  managed_elsewhere: msg`Another tool manages this connection. Change it there.`,
  internal: msg`Something failed on the server. Nothing was changed; try again.`,
}

const UNAVAILABLE = msg`The server cannot answer right now. Try again in a moment.`
const NO_ANSWER = msg`The server does not answer. Check your connection and try again.`

export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return i18n._(NO_ANSWER)
  return codeText(error.code) ?? (error.status >= 500 ? i18n._(UNAVAILABLE) : error.message)
}

export function codeText(code: string): string | null {
  const text = TEXTS[code]
  return text ? i18n._(text) : null
}
