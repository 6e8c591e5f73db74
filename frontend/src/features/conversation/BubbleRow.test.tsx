import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import type { Bubble, BubbleState } from '~/domain/timeline'
import { renderScreen } from '~/testing/render'
import { BubbleRow } from './BubbleRow'
import { MessageText } from './MessageText'

const bubble = (changes: Partial<Bubble> = {}): Bubble => ({
  id: 'm-1',
  fromMe: true,
  kind: 'text',
  text: 'Olá',
  unsupportedKind: null,
  state: 'sent',
  reason: null,
  origin: 'recado',
  senderUserId: 'u-1',
  at: '2026-03-10T12:00:00Z',
  ...changes,
})

function show(changes: Partial<Bubble>, resent = false) {
  const onResend = vi.fn<(bubble: Bubble) => void>()
  const onDiscard = vi.fn<(bubble: Bubble) => void>()
  renderScreen(<BubbleRow bubble={bubble(changes)} starts author="Ana" resent={resent} onResend={onResend} onDiscard={onDiscard} />)
  return { onResend, onDiscard }
}

const names: Record<Exclude<BubbleState, 'received'>, string> = {
  'queued-local': 'Aguardando conexão',
  posting: 'Enviando',
  refused: 'Não enviada',
  scheduled: 'Agendada',
  queued: 'Na fila',
  sending: 'Enviando',
  sent: 'Enviada',
  delivered: 'Entregue',
  read: 'Lida',
  played: 'Ouvida',
  failed: 'Não enviada',
  unknown: 'Sem confirmação',
  cancelled: 'Cancelada',
}

it.each(Object.entries(names) as [BubbleState, string][])('says "%s" in words: %s', (state, words) => {
  show({ state })
  expect(screen.getByRole('img', { name: words })).toBeInTheDocument()
  expect(screen.getByRole('article', { name: new RegExp(`Ana, .*, ${words}`, 'u') })).toHaveTextContent('Olá')
})

it('shows no state for what the customer wrote', () => {
  show({ fromMe: false, state: 'received' })
  expect(screen.queryByRole('img')).not.toBeInTheDocument()
})

describe('trouble', () => {
  it('of a refused message can be tried again or dropped', async () => {
    const { onResend, onDiscard } = show({ state: 'refused', reason: 'ticket_closed' })
    expect(screen.getByRole('article')).toHaveTextContent('Esta conversa está encerrada')
    await userEvent.click(screen.getByRole('button', { name: 'Tentar de novo' }))
    await userEvent.click(screen.getByRole('button', { name: 'Descartar' }))
    expect(onResend).toHaveBeenCalledOnce()
    expect(onDiscard).toHaveBeenCalledOnce()
  })

  it('of a lost message warns before sending again', async () => {
    const { onResend } = show({ state: 'unknown' })
    expect(screen.getByRole('article')).toHaveTextContent('O cliente pode já ter recebido')
    await userEvent.click(screen.getByRole('button', { name: 'Enviar de novo' }))
    expect(onResend).toHaveBeenCalledOnce()
  })

  it('is over once it was sent again', () => {
    show({ state: 'failed' }, true)
    expect(screen.queryByRole('button')).not.toBeInTheDocument()
  })
})

it('says what it cannot show', () => {
  show({ fromMe: false, kind: 'unsupported', unsupportedKind: 'image', text: '' })
  expect(screen.getByRole('article')).toHaveTextContent('Foto')
})

describe('MessageText', () => {
  it('never makes HTML of what somebody wrote', () => {
    const { container } = render(<MessageText text={'<img src=x onerror=alert(1)> *<b>oi</b>*'} />)
    expect(container.querySelector('img, b')).toBeNull()
    expect(container).toHaveTextContent('<img src=x onerror=alert(1)> <b>oi</b>')
  })

  it('opens links elsewhere, without handing over this window', () => {
    render(<MessageText text="veja https://example.com/a" />)
    expect(screen.getByRole('link')).toHaveAttribute('rel', 'noopener noreferrer nofollow')
  })
})
