/** What a connection's state means for people: how it looks, whether a code helps, whether messages leave now. */
import type { Connection, ConnectionState } from './model'

export type Tone = 'good' | 'busy' | 'attention' | 'bad' | 'idle'

const TONES: Record<ConnectionState, Tone> = {
  starting: 'busy',
  qr: 'attention',
  pairing: 'busy',
  passkey_required: 'attention',
  online: 'good',
  degraded: 'attention',
  reconnecting: 'busy',
  restricted: 'attention',
  banned: 'bad',
  replaced: 'bad',
  outdated: 'bad',
  logged_out: 'bad',
  failed: 'bad',
  stopped: 'idle',
}

const NEEDS_CODE: ReadonlySet<ConnectionState> = new Set(['qr', 'logged_out', 'starting', 'pairing', 'passkey_required', 'failed', 'replaced'])

export const toneOf = (connection: Pick<Connection, 'state' | 'paused'>): Tone =>
  connection.paused ? 'idle' : (TONES[connection.state] ?? 'idle')

/** Messages leave at once; otherwise they wait for the number to come back. */
export const sendsNow = (connection: Pick<Connection, 'state' | 'paused'>): boolean =>
  !connection.paused && (connection.state === 'online' || connection.state === 'degraded')

/** "… until 2026-11-01T12:00:00Z" in the reason of a ban: when it ends. */
export function endsAt(reason: string): string | null {
  const moment = /\buntil (\S+)$/u.exec(reason)?.[1] ?? ''
  return Number.isNaN(Date.parse(moment)) ? null : moment
}

/** No code is shown any more, or none was given: a person must ask for new ones. */
export const codesEnded = ({ stateReason }: { readonly stateReason: string | null }): boolean =>
  ['codes_expired', 'code_refused'].includes(stateReason?.split(':')[0] ?? '')

export const canPair = (connection: Pick<Connection, 'state' | 'paused'>): boolean =>
  !connection.paused && NEEDS_CODE.has(connection.state)
