/** Verbs of the numbers; the list itself is part of the bootstrap and follows the events. */
import { queryOptions } from '@tanstack/react-query'
import {
  createConnection,
  deleteConnection,
  getPairing,
  pauseConnection,
  requestPairing,
  resumeConnection,
} from '~/gen/api'
import type { Connection } from '~/domain/model'
import type { NewConnection } from '~/gen/model/newConnection'
import { dropConnection, putConnection } from './bootstrap'

/** Codes are volatile and not in the event log: they are asked for while a dialog shows them. */
const LOOK_EVERY = 400

export const pairingQuery = (id: string) =>
  queryOptions({
    queryKey: ['pairing', id],
    queryFn: ({ signal }) => getPairing(id, { signal }),
    refetchInterval: LOOK_EVERY,
    staleTime: 0,
    gcTime: 0,
  })

/** With `codeFor`, a number, its phone is linked by a code that is typed on it; else any phone by a QR code. */
export async function addConnection(wanted: NewConnection): Promise<Connection> {
  return put(await createConnection(wanted))
}

export const pause = async (id: string): Promise<Connection> => put(await pauseConnection(id))

export const resume = async (id: string): Promise<Connection> => put(await resumeConnection(id))

export const askNewCodes = async (id: string): Promise<Connection> => put(await requestPairing(id))

export async function removeConnection(id: string): Promise<void> {
  await deleteConnection(id)
  dropConnection(id)
}

function put(connection: Connection): Connection {
  putConnection(connection)
  return connection
}
