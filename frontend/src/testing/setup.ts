import '@testing-library/jest-dom/vitest'
import 'fake-indexeddb/auto'
import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach } from 'vitest'
import { activate } from '~/i18n/i18n'

beforeEach(() => activate('pt-BR'))

afterEach(() => {
  cleanup()
  localStorage.clear()
})
