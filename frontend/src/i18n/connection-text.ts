/** The state of a connection in words, and what to do about it. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { endsAt } from '~/domain/connection-state'
import type { Connection, ConnectionState } from '~/domain/model'
import { fullTime } from './format'

interface StateText {
  readonly label: MessageDescriptor
  readonly help: MessageDescriptor
}

const STATES: Record<ConnectionState, StateText> = {
  starting: { label: msg`Starting`, help: msg`Preparing the link to WhatsApp. This takes a few seconds.` },
  qr: { label: msg`Waiting for the code`, help: msg`Scan the code with the phone to link this number.` },
  pairing: { label: msg`Connecting`, help: msg`The code was scanned; the phone is finishing the link.` },
  passkey_required: { label: msg`Passkey required`, help: msg`WhatsApp links this account with a passkey only, which is not possible here yet. Link another number.` },
  online: { label: msg`Connected`, help: msg`Messages are sent and received.` },
  degraded: { label: msg`Connected, slow`, help: msg`The link is unstable; messages may take longer.` },
  reconnecting: { label: msg`Reconnecting`, help: msg`The link was lost and is coming back by itself. Nothing is lost.` },
  restricted: { label: msg`Restricted by WhatsApp`, help: msg`WhatsApp limits what this number may send. Wait, and send less.` },
  banned: { label: msg`Banned by WhatsApp`, help: msg`WhatsApp blocked this number. Ask for a review in the app on the phone.` },
  replaced: { label: msg`In use elsewhere`, help: msg`Another program took over this link. Close it there, then ask for a new code.` },
  outdated: { label: msg`Update needed`, help: msg`WhatsApp asks for a newer version. Tell whoever runs the platform.` },
  logged_out: { label: msg`Disconnected from the phone`, help: msg`The link was removed on the phone. Ask for a new code to link it again.` },
  failed: { label: msg`Failed`, help: msg`The link could not be established. Ask for a new code to try again.` },
  stopped: { label: msg`Stopped`, help: msg`The number is not linked right now. Nothing is lost.` },
}

/** The phone did not remove the link: WhatsApp shut the account. By the code of the reason. */
const SHUT: Record<string, StateText> = {
  banned: { label: STATES.banned.label, help: msg`WhatsApp blocked this number. Ask for a review in the app on the phone. Once it works there, ask for a new code.` },
  locked: { label: msg`Locked by WhatsApp`, help: msg`WhatsApp locked this account. Do what the app on the phone asks. Once it works there, ask for a new code.` },
}

const PAUSED: StateText = { label: msg`Paused`, help: msg`You paused this number. Messages wait until you resume it.` }

/** Reasons that tell more than their state does, by their code; what follows a colon is detail. */
const REASONS: Record<string, MessageDescriptor> = {
  type_the_code: msg`Type the code on the phone to link this number.`,
  codes_expired: msg`Nobody linked the phone in time. Ask for new codes when it is at hand.`,
  code_refused: msg`WhatsApp gave no code for this number. Check the number, wait some minutes and ask again.`,
  reach_out_restricted: msg`WhatsApp limits what this number may send. Your messages wait in the queue; what customers write still arrives.`,
  session_crashed: msg`The link broke off and is coming back by itself. Compare with the phone: messages of the last moments may be missing here.`,
  session_settings: msg`The settings of this installation do not allow a link. Tell whoever runs the platform.`,
}

type Described = Pick<Connection, 'state' | 'paused'> & { readonly stateReason?: string | null }

export const stateLabel = (connection: Described): string => i18n._(describe(connection).label)

export const stateHelp = (connection: Described): string => i18n._((connection.paused ? undefined : REASONS[code(connection)]) ?? describe(connection).help)

/** When the state changes by itself: a ban that ends, a limited number that tries again. */
export function stateEnd(connection: Described): string | null {
  const until = connection.paused ? null : endsAt(connection.stateReason ?? '')
  if (!until) return null
  const moment = fullTime(until)
  return i18n._(connection.state === 'restricted' ? msg`Sending is tried again on ${moment}.` : msg`It ends on ${moment}.`)
}

const code = (connection: Described): string => connection.stateReason?.split(':')[0] ?? ''

const describe = (connection: Described): StateText => (connection.paused ? PAUSED : (SHUT[code(connection)] ?? STATES[connection.state]))
