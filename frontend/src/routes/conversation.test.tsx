/** A conversation in its honest states, and what can be done with it. */
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { bootstrap, expectAccessible, ME, visit } from '~/testing/app'
import { aConnection, aMessage, aTicket, aUser } from '~/testing/builders'
import { json, problem } from '~/testing/fake-server'

const ticket = aTicket({ id: 't-1', assigneeId: null, status: 'pending' })
const page = (items: unknown[]) => () => json({ items, hasBefore: false, hasAfter: false })
const oneTicket = {
  'GET /api/bootstrap': bootstrap({ connections: [aConnection()] }),
  'GET /api/tickets': () => json({ items: [ticket], next: null }),
  'GET /api/tickets/t-1': () => json(ticket),
}

describe('a conversation', () => {
  it('shows its messages, is marked read, and can be taken', async () => {
    const unread = { ...ticket, unreadCount: 1 }
    const { calls } = visit('/inbox/t-1', {
      ...oneTicket,
      'GET /api/tickets': () => json({ items: [unread], next: null }),
      'GET /api/tickets/t-1': () => json(unread),
      'GET /api/tickets/t-1/messages': page([aMessage({ text: 'Bom *dia*' })]),
      'POST /api/tickets/t-1/read': () => json(ticket),
      'POST /api/tickets/t-1/take': () => json({ ...ticket, status: 'open', assigneeId: ME.id }),
    })
    expect(await screen.findByRole('article', { name: /Maria/u })).toHaveTextContent('Bom dia')
    expect(screen.getByRole('log')).toHaveAttribute('aria-live', 'off')
    expect(screen.getByText('1 mensagem não lida')).toBeInTheDocument()
    await waitFor(() => expect(calls.filter((call) => call.path.endsWith('/read'))).toHaveLength(1))
    await expectAccessible()
    await userEvent.click(screen.getByRole('button', { name: 'Assumir' }))
    expect(await screen.findByText('Com você')).toBeInTheDocument()
  })

  it('names the colleague who was faster', async () => {
    const bruno = aUser({ id: 'u-2', name: 'Bruno' })
    let taken = false
    visit('/inbox/t-1', {
      ...oneTicket,
      'GET /api/bootstrap': bootstrap({ users: [ME, bruno], connections: [aConnection()] }),
      'GET /api/tickets/t-1': () => json(taken ? { ...ticket, status: 'open', assigneeId: 'u-2' } : ticket),
      'GET /api/tickets/t-1/messages': page([aMessage()]),
      'POST /api/tickets/t-1/take': () => {
        taken = true
        return problem(409, 'ticket_taken')
      },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Assumir' }))
    expect(await screen.findByText('Bruno acabou de assumir esta conversa.')).toBeInTheDocument()
    expect(screen.getByText('Com Bruno')).toBeInTheDocument()
  })

  it('is closed after one question, and then says so', async () => {
    visit('/inbox/t-1', {
      ...oneTicket,
      'GET /api/tickets/t-1/messages': page([aMessage()]),
      'POST /api/tickets/t-1/close': () => json({ ...ticket, status: 'closed', closedAt: '2026-03-10T12:00:00Z' }),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Encerrar' }))
    expect(await screen.findByRole('dialog', { name: 'Encerrar a conversa com Maria?' })).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Encerrar conversa' }))
    expect(await screen.findByText(/Encerrada em 10 de março de 2026/u)).toBeInTheDocument()
    expect(screen.queryByRole('textbox', { name: 'Mensagem' })).not.toBeInTheDocument()
  })

  it('tells when the number is away', async () => {
    visit('/inbox/t-1', {
      ...oneTicket,
      'GET /api/bootstrap': bootstrap({ connections: [aConnection({ state: 'reconnecting' })] }),
      'GET /api/tickets/t-1/messages': page([aMessage()]),
    })
    expect(await screen.findByText('Número desconectado — será enviado ao reconectar')).toBeInTheDocument()
  })

  it('says that its messages failed, while the rest stays alive', async () => {
    visit('/inbox/t-1', { ...oneTicket, 'GET /api/tickets/t-1/messages': () => problem(500, 'internal') })
    expect(await screen.findByRole('alert')).toHaveTextContent('Não foi possível carregar as mensagens')
    expect(screen.getByRole('link', { name: /Maria/u })).toBeInTheDocument()
    expect(screen.getByRole('textbox', { name: 'Mensagem' })).toBeInTheDocument()
  })

  it('of another company looks like one that never was', async () => {
    visit('/inbox/t-9', { 'GET /api/tickets/t-9': () => problem(404, 'not_found'), 'GET /api/tickets/t-9/messages': () => problem(404, 'not_found') })
    expect(await screen.findByRole('alert')).toHaveTextContent('Isto não existe mais ou você não pode vê-lo.')
  })
})
