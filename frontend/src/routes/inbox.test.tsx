/** The list of conversations in its honest states. */
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { expectAccessible, visit } from '~/testing/app'
import { aTicket } from '~/testing/builders'
import { json, problem } from '~/testing/fake-server'

const ticket = aTicket({ id: 't-1', assigneeId: null, status: 'pending' })

describe('the inbox', () => {
  it('shows the shape of the list while it waits', async () => {
    visit('/inbox', { 'GET /api/tickets': () => new Promise<never>(() => undefined) })
    expect(await screen.findByRole('status', { name: 'Carregando conversas' })).toBeInTheDocument()
  })

  it('leads to the first number when there is none', async () => {
    visit('/inbox', {})
    expect(await screen.findByRole('link', { name: 'Conectar um número' })).toHaveAttribute('href', '/connections')
    expect(screen.getByText('Nenhuma conversa ainda.')).toBeInTheDocument()
    await expectAccessible()
  })

  it.each([
    ['waiting', 'Tudo em dia: ninguém está aguardando.'],
    ['mine', 'Você não tem conversas em andamento.'],
    ['closed', 'Nenhuma conversa encerrada ainda.'],
  ])('says what an empty "%s" means', async (view, words) => {
    visit(`/inbox?view=${view}`, {})
    expect(await screen.findByText(words)).toBeInTheDocument()
  })

  it('says that it failed and loads again when asked', async () => {
    let broken = true
    visit('/inbox', { 'GET /api/tickets': () => (broken ? problem(500, 'internal') : json({ items: [ticket], next: null })) })
    expect(await screen.findByRole('alert')).toHaveTextContent('Não foi possível carregar as conversas')
    broken = false
    await userEvent.click(screen.getByRole('button', { name: 'Tentar de novo' }))
    expect(await screen.findByRole('link', { name: /Maria/u })).toBeInTheDocument()
  })

  it('lists conversations and walks through them by keyboard', async () => {
    const second = aTicket({ id: 't-2', contact: { id: 'c-2', name: 'João', phone: null, kind: 'person' } })
    visit('/inbox', { 'GET /api/tickets': () => json({ items: [ticket, second], next: null }) })
    const first = await screen.findByRole('link', { name: /Maria/u })
    await userEvent.keyboard('j')
    await waitFor(() => expect(first).toHaveFocus())
    await userEvent.keyboard('j')
    await waitFor(() => expect(screen.getByRole('link', { name: /João/u })).toHaveFocus())
    await userEvent.keyboard('k')
    await waitFor(() => expect(first).toHaveFocus())
    await userEvent.keyboard('/')
    expect(screen.getByRole('textbox', { name: 'Buscar por nome ou número' })).toHaveFocus()
    await userEvent.keyboard('joao')
    expect(screen.queryByRole('link', { name: /Maria/u })).not.toBeInTheDocument()
    await expectAccessible()
  })
})
