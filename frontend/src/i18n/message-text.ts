/** The state of a message in words: for the tick's label, and for what went wrong. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { plainText } from '~/domain/whatsapp-text'
import type { BubbleState } from '~/domain/timeline'
import { codeText } from './problem-text'

const STATES: Record<BubbleState, MessageDescriptor> = {
  'queued-local': msg`Waiting for connection`,
  posting: msg`Sending`,
  refused: msg`Not sent`,
  received: msg`Received`,
  scheduled: msg`Scheduled`,
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
  not_on_whatsapp: msg`This number does not have WhatsApp.`,
  bad_address: msg`WhatsApp does not know this address.`,
  reach_out_restricted: msg`WhatsApp does not let this number start conversations right now. Wait for the customer to write.`,
}

/** By the names that the engine gives to contents we cannot show yet. */
const KINDS: Record<string, MessageDescriptor> = {
  image: msg`Photo`,
  video: msg`Video`,
  audio: msg`Audio`,
  document: msg`Document`,
  documentWithCaption: msg`Document`,
  sticker: msg`Sticker`,
  location: msg`Location`,
  liveLocation: msg`Location`,
  contact: msg`Contact`,
  contactsArray: msg`Contacts`,
  pollCreation: msg`Poll`,
  pollCreationV2: msg`Poll`,
  pollCreationV3: msg`Poll`,
  reaction: msg`Reaction`,
  revoke: msg`Deleted message`,
  messageEdit: msg`Edited message`,
}

/** The server's preview of such a content is its name in brackets. */
const BRACKETED = /^\[(\w+)\]$/u

export const messageStateText = (state: BubbleState): string => i18n._(STATES[state])

export function failureText(reason: string | null): string {
  if (!reason) return i18n._(msg`The message could not be sent.`)
  if (reason.startsWith('refused:')) return i18n._(msg`WhatsApp did not accept this message.`)
  const known = REASONS[reason]
  return known ? i18n._(known) : (codeText(reason) ?? i18n._(msg`The message could not be sent (${reason}).`))
}

export function kindText(kind: string | null): string {
  const known = kind ? KINDS[kind] : undefined
  if (known) return i18n._(known)
  return i18n._(kind === 'undecryptable' ? msg`Waiting for this message` : msg`Message of another kind`)
}

export function previewText(preview: string): string {
  const kind = BRACKETED.exec(preview)?.[1]
  return kind && (kind in KINDS || kind === 'undecryptable') ? kindText(kind) : plainText(preview)
}
