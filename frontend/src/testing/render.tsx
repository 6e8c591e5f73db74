import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router'
import { render, type RenderResult } from '@testing-library/react'
import type { ReactNode } from 'react'
import { queryClient } from '~/data/query-client'

/** A part of a screen with everything around it that it may ask for: language, cache, and a router for its links. */
export function renderScreen(screen: ReactNode): RenderResult {
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() })
  return render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterContextProvider router={router}>{screen}</RouterContextProvider>
      </QueryClientProvider>
    </I18nProvider>,
  )
}
