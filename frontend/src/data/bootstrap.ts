/** Everything that is needed before the first screen, in one request: who, where, with what, and where the streams stand. */
import { queryOptions } from '@tanstack/react-query'
import type { Connection } from '~/domain/model'
import { getBootstrap } from '~/gen/api'
import { queryClient } from './query-client'

export const bootstrapQuery = queryOptions({
  queryKey: ['bootstrap'],
  queryFn: ({ signal }) => getBootstrap({ signal }),
})

export const myId = (): string => queryClient.getQueryData(bootstrapQuery.queryKey)?.me.id ?? ''

/** Adds or replaces a connection everywhere it is shown. */
export function putConnection(connection: Connection): void {
  changeConnections((all) => {
    const known = all.some((other) => other.id === connection.id)
    return known ? all.map((other) => (other.id === connection.id ? connection : other)) : [...all, connection]
  })
}

export function dropConnection(id: string): void {
  changeConnections((all) => all.filter((other) => other.id !== id))
}

function changeConnections(change: (all: Connection[]) => Connection[]): void {
  queryClient.setQueryData(bootstrapQuery.queryKey, (data) => data && { ...data, connections: change(data.connections) })
}
