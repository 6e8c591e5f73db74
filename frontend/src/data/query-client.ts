import { QueryClient } from '@tanstack/react-query'
import { isTransient } from '~/http/problem'

/** What is cached stays true: the event stream keeps it so. Refetching is for errors and for a stream that was reset. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: (failures, error) => failures < 2 && isTransient(error),
    },
    mutations: { networkMode: 'always', retry: false },
  },
})
