import { createRouter } from '@tanstack/react-router'
import { routeTree } from '~/routeTree.gen'
import { RouteError } from '~/ui/RouteError'

export const router = createRouter({
  routeTree,
  defaultErrorComponent: RouteError,
  defaultPendingMs: 150,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
