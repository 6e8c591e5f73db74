/** The state of a message in words: for the tick's label, and for what went wrong. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { BubbleState } from '~/domain/timeline'
import { codeText } from './problem-text'

const STATES: Record<BubbleState, MessageDescriptor> = {
  'queued-local': msg`Waiting for connection`,
  posting: msg`Sending`,
  refused: msg`Not sent`,
  received: msg`Received`,
  queued: msg`In the queue`,
  sending: msg`Sending`,
  sent: msg`Sent`,
  delivered: msg`Delivered`,
  read: msg`Read`,
  played: msg`Played`,
  failed: msg`Not sent`,
  unknown: msg`Not confirmed`,
  cancelled: msg`Cancelled`,
}

const REASONS: Record<string, MessageDescriptor> = {
  no_recipient: msg`This number does not have WhatsApp.`,
  rejected: msg`WhatsApp did not accept this message.`,
}

const KINDS: Record<string, MessageDescriptor> = {
  image: msg`Photo`,
  video: msg`Video`,
  audio: msg`Audio`,
  voice: msg`Voice message`,
  document: msg`Document`,
  sticker: msg`Sticker`,
  location: msg`Location`,
  contact: msg`Contact`,
  poll: msg`Poll`,
  reaction: msg`Reaction`,
}

export const messageStateText = (state: BubbleState): string => i18n._(STATES[state])

export function failureText(reason: string | null): string {
  if (!reason) return i18n._(msg`The message could not be sent.`)
  const known = REASONS[reason]
  return known ? i18n._(known) : (codeText(reason) ?? i18n._(msg`The message could not be sent (${reason}).`))
}

export function kindText(kind: string | null): string {
  const known = kind ? KINDS[kind] : undefined
  return known ? i18n._(known) : i18n._(msg`Message of another kind`)
}
