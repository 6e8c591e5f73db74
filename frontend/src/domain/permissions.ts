/** What a person may do, to show only that. The server decides; this spares people buttons that would refuse. */
import type { Connection, User } from './model'

const MANAGED_HERE = 'recado'

export interface ConnectionRights {
  /** See the code and ask for new ones: whoever sees it can link a phone. */
  readonly pair: boolean
  /** Pause, resume and delete: only where nothing else would change it back. */
  readonly manage: boolean
}

export const mayCreateConnections = (role: User['role']): boolean => role === 'admin'

export function connectionRights(role: User['role'], connection: Pick<Connection, 'managedBy'>): ConnectionRights {
  const admin = role === 'admin'
  return { pair: admin, manage: admin && connection.managedBy === MANAGED_HERE }
}
