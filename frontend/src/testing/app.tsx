/** The whole program in jsdom, at an address, against declared answers. Only the socket is silent: nothing listens there. */
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import axe from 'axe-core'
import { expect, vi } from 'vitest'
import { queryClient } from '~/data/query-client'
import { signedIn, signedOut } from '~/http/session'
import { routeTree } from '~/routeTree.gen'
import { aUser } from './builders'
import { type Answer, type Call, fakeServer, json } from './fake-server'

export const ME = aUser({ id: 'u-me', name: 'Ana Ribeiro', role: 'admin' })

interface Visit {
  readonly calls: Call[]
  readonly path: () => string
}

export const bootstrap = (changes: object = {}): Answer => () =>
  json({ me: ME, company: { id: 1, name: 'Padaria' }, users: [ME], queues: [], connections: [], cursor: { company: 0 }, ...changes })

/** A person who is signed in opens this address. */
export function visit(address: string, routes: Record<string, Answer>): Visit {
  signedIn({ accessToken: 'token', expiresAt: '2099-01-01T00:00:00Z', user: ME })
  return open(address, routes)
}

/** Somebody of whom nothing is known opens this address. */
export function visitSignedOut(address: string, routes: Record<string, Answer>): Visit {
  signedOut()
  return open(address, routes)
}

/** Somebody who was signed in when the page was last open. */
export function visitAgain(address: string, routes: Record<string, Answer>): Visit {
  signedOut()
  localStorage.setItem('recado.signed-in', '1')
  return open(address, routes)
}

function open(address: string, routes: Record<string, Answer>): Visit {
  queryClient.clear()
  queryClient.setDefaultOptions({ ...queryClient.getDefaultOptions(), queries: { ...queryClient.getDefaultOptions().queries, retry: false } })
  giveLayout()
  const calls = fakeServer({ 'GET /api/bootstrap': bootstrap(), 'GET /api/tickets': () => json({ items: [], next: null }), ...routes })
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) })
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>,
  )
  return { calls, path: () => router.state.location.href }
}

/** jsdom lays nothing out; virtual lists need a height to have rows. */
function giveLayout(): void {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(800)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(400)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60)
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn<() => void>(), removeEventListener: vi.fn<() => void>() }))
  vi.stubGlobal('ResizeObserver', SilentObserver)
  vi.stubGlobal('scrollTo', vi.fn<() => void>())
}

class SilentObserver {
  observe(): void {
    // Nothing changes its size here.
  }

  unobserve(): void {
    // As above.
  }

  disconnect(): void {
    // As above.
  }
}

/** Colours and layout are for a browser to judge; names, roles and structure are the same here. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })
  expect(violations.map(({ id, nodes }) => ({ id, html: nodes.map((node) => node.html) }))).toEqual([])
}
