/** The numbers in their honest states, for those who may change them and those who may not. */
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { bootstrap, expectAccessible, ME, visit } from '~/testing/app'
import { aConnection } from '~/testing/builders'
import { json } from '~/testing/fake-server'

describe('connections', () => {
  it('invites an administrator to make the first', async () => {
    visit('/connections', {})
    expect(await screen.findByText('Nenhum número conectado ainda.')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Nova conexão' }))
    expect(await screen.findByRole('dialog', { name: 'Nova conexão' })).toBeInTheDocument()
  })

  it('tells others who can', async () => {
    visit('/connections', { 'GET /api/bootstrap': bootstrap({ me: { ...ME, role: 'agent' } }) })
    expect(await screen.findByText('Um administrador da sua empresa pode conectar um.')).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Nova conexão' })).not.toBeInTheDocument()
  })

  it('shows each with its state in words, and no buttons that would refuse', async () => {
    const elsewhere = aConnection({ id: 'n-2', displayName: 'Suporte', state: 'logged_out', managedBy: 'argocd' })
    visit('/connections', { 'GET /api/bootstrap': bootstrap({ connections: [aConnection(), elsewhere] }) })
    expect(await screen.findByRole('article', { name: 'Vendas' })).toHaveTextContent('Conectado')
    const other = screen.getByRole('article', { name: 'Suporte' })
    expect(other).toHaveTextContent('gerenciada com argocd')
    expect(screen.getByRole('button', { name: 'Mostrar código' })).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Excluir Suporte' })).not.toBeInTheDocument()
    await expectAccessible()
  })

  it.each([
    ['restricted', 'reach_out_restricted:until 2026-11-01T12:01:00Z', /esperam na fila.* Uma nova tentativa .*1 de novembro de 2026/u],
    ['banned', 'temporary_ban:blocked_by_users until 2026-11-01T12:01:00Z', /bloqueou.* 1 de novembro de 2026/u],
    ['logged_out', 'banned:unknown_logout', /Bloqueado pelo WhatsApp.*Peça uma revisão.*novo código/u],
    ['logged_out', 'locked:main_device_gone', /Trancada pelo WhatsApp.*o que o aplicativo.*pede.*novo código/u],
    ['logged_out', 'unlinked:logged_out', /removida no celular/u],
    ['reconnecting', 'session_crashed', /voltando sozinha.* podem faltar/u],
    ['reconnecting', 'connection_lost', /Nada se perde/u],
    ['failed', 'session_settings', /configurações desta instalação/u],
  ] as const)('says of %s (%s) what it means', async (state, stateReason, words) => {
    visit('/connections', { 'GET /api/bootstrap': bootstrap({ connections: [aConnection({ state, stateReason })] }) })
    expect(await screen.findByRole('article', { name: 'Vendas' })).toHaveTextContent(words)
  })

  it('says of a paused number only that', async () => {
    const paused = aConnection({ state: 'banned', stateReason: 'temporary_ban:x until 2026-11-01T12:01:00Z', paused: true })
    visit('/connections', { 'GET /api/bootstrap': bootstrap({ connections: [paused] }) })
    expect(await screen.findByRole('article', { name: 'Vendas' })).not.toHaveTextContent('2026')
  })

  it('deletes after asking', async () => {
    const { calls } = visit('/connections', {
      'GET /api/bootstrap': bootstrap({ connections: [aConnection()] }),
      'DELETE /api/connections/n-1': () => new Response(null, { status: 204 }),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Excluir Vendas' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Excluir conexão' }))
    expect(await screen.findByText('Nenhum número conectado ainda.')).toBeInTheDocument()
    expect(calls.some((call) => call.method === 'DELETE')).toBe(true)
  })

  it('pauses', async () => {
    visit('/connections', {
      'GET /api/bootstrap': bootstrap({ connections: [aConnection()] }),
      'POST /api/connections/n-1/pause': () => json(aConnection({ paused: true })),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Pausar' }))
    expect(await screen.findByRole('button', { name: 'Retomar' })).toBeInTheDocument()
  })
})
