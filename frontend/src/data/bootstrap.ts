/** Everything that is needed before the first screen, in one request: who, where, with what, and where the streams stand. */
import { queryOptions } from '@tanstack/react-query'
import type { Connection, RecadoEvent } from '~/domain/model'
import { getBootstrap } from '~/gen/api'
import type { Bootstrap } from '~/gen/model/bootstrap'
import { queryClient } from './query-client'
import { fetchCurrent } from './snapshot'

export const bootstrapQuery = queryOptions({
  queryKey: ['bootstrap'],
  queryFn: ({ signal }) => fetchCurrent(() => getBootstrap({ signal }), replay),
})

/** What events say of connections, on a bootstrap that may be older than they are. */
function replay(data: Bootstrap, events: readonly RecadoEvent[]): Bootstrap {
  return { ...data, connections: events.reduce(afterEvent, data.connections) }
}

function afterEvent(all: Connection[], event: RecadoEvent): Connection[] {
  if (event.type === 'connection.changed') return withConnection(all, event.connection)
  return event.type === 'connection.removed' ? withoutConnection(all, event.connectionId) : all
}

export const myId = (): string => queryClient.getQueryData(bootstrapQuery.queryKey)?.me.id ?? ''

/** Adds or replaces a connection everywhere it is shown. */
export function putConnection(connection: Connection): void {
  changeConnections((all) => withConnection(all, connection))
}

export function dropConnection(id: string): void {
  changeConnections((all) => withoutConnection(all, id))
}

function withConnection(all: Connection[], connection: Connection): Connection[] {
  const known = all.some((other) => other.id === connection.id)
  return known ? all.map((other) => (other.id === connection.id ? connection : other)) : [...all, connection]
}

const withoutConnection = (all: Connection[], id: string): Connection[] => all.filter((other) => other.id !== id)

function changeConnections(change: (all: Connection[]) => Connection[]): void {
  queryClient.setQueryData(bootstrapQuery.queryKey, (data) => data && { ...data, connections: change(data.connections) })
}
