import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { render, type RenderResult } from '@testing-library/react'
import type { ReactNode } from 'react'
import { queryClient } from '~/data/query-client'

export function renderScreen(screen: ReactNode): RenderResult {
  return render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>{screen}</QueryClientProvider>
    </I18nProvider>,
  )
}
