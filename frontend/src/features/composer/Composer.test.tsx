import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderScreen } from '~/testing/render'
import { Composer } from './Composer'

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: true }))
})

function show(changes: Partial<Parameters<typeof Composer>[0]> = {}) {
  const onSend = vi.fn<(text: string) => void>()
  const view = renderScreen(
    <Composer ticketId="t-1" userId="u-1" offline={false} waitsForNumber={false} onSend={onSend} {...changes} />,
  )
  return { onSend, view, text: () => screen.getByRole('textbox', { name: 'Mensagem' }) }
}

describe('Composer', () => {
  it('sends on Enter and is empty again', async () => {
    const { onSend, text } = show()
    await userEvent.type(text(), '  Olá, tudo bem?{Enter}')
    expect(onSend).toHaveBeenCalledExactlyOnceWith('Olá, tudo bem?')
    expect(text()).toHaveValue('')
  })

  it('starts a new line on Shift + Enter', async () => {
    const { onSend, text } = show()
    await userEvent.type(text(), 'um{Shift>}{Enter}{/Shift}dois')
    expect(text()).toHaveValue('um\ndois')
    expect(onSend).not.toHaveBeenCalled()
  })

  it('sends nothing that is empty or too long', async () => {
    const { onSend, text } = show()
    expect(screen.getByRole('button', { name: 'Enviar' })).toBeDisabled()
    await userEvent.type(text(), '   {Enter}')
    await userEvent.click(text())
    await userEvent.paste('x'.repeat(4097))
    await userEvent.keyboard('{Enter}')
    expect(screen.getByRole('alert')).toHaveTextContent('4097 / 4096')
    expect(onSend).not.toHaveBeenCalled()
  })

  it('keeps what was written for each conversation', async () => {
    const first = show()
    await userEvent.type(first.text(), 'rascunho')
    first.view.unmount()
    const other = show({ ticketId: 't-2' })
    expect(other.text()).toHaveValue('')
    other.view.unmount()
    expect(show().text()).toHaveValue('rascunho')
  })

  it('says what will happen while the number or the line is away', () => {
    const { view } = show({ waitsForNumber: true })
    expect(screen.getByRole('status')).toHaveTextContent('Número desconectado — será enviado ao reconectar')
    view.unmount()
    show({ offline: true })
    expect(screen.getByRole('status')).toHaveTextContent('Você está sem conexão')
  })
})
