import '@testing-library/jest-dom/vitest'
import 'fake-indexeddb/auto'
import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'
import { activate } from '~/i18n/i18n'
import { stopRealtime } from '~/realtime/realtime'

// Nothing listens for sockets here; what comes over them is tested with the event stream.
vi.mock('socket.io-client', () => ({
  io: () => ({ on: vi.fn<() => void>(), connect: vi.fn<() => void>(), disconnect: vi.fn<() => void>(), connected: false, active: true }),
}))

// What is waited for comes in milliseconds; this is how long a busy machine may make it late.
configure({ asyncUtilTimeout: 10_000 })

beforeEach(() => activate('pt-BR'))

afterEach(() => {
  stopRealtime()
  cleanup()
  localStorage.clear()
})
