/** Who may come in, and where they land. */
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { bootstrap, expectAccessible, ME, visit, visitAgain, visitSignedOut } from '~/testing/app'
import { aConnection } from '~/testing/builders'
import { json, problem } from '~/testing/fake-server'

describe('the door', () => {
  it('is shown to who is not signed in, and remembers the way', async () => {
    const { path } = visitSignedOut('/connections', {
      'POST /api/auth/sign-in': () => json({ accessToken: 'new', expiresAt: '2099-01-01T00:00:00Z', user: ME }),
    })
    await userEvent.type(await screen.findByRole('textbox', { name: 'E-mail' }), 'ana@example.com')
    await userEvent.type(screen.getByLabelText('Senha'), 'segredo')
    await expectAccessible()
    await userEvent.click(screen.getByRole('button', { name: 'Entrar' }))
    expect(await screen.findByRole('heading', { name: 'Conexões' })).toBeInTheDocument()
    expect(path()).toBe('/connections')
  })

  it('opens by itself while the cookie counts', async () => {
    const { calls } = visitAgain('/inbox', {
      'POST /api/auth/refresh': () => json({ accessToken: 'new', expiresAt: '2099-01-01T00:00:00Z', user: ME }),
    })
    expect(await screen.findByRole('heading', { name: 'Conversas' })).toBeInTheDocument()
    expect(calls[0]?.path).toBe('/api/auth/refresh')
  })

  it('is where a session that ended leads', async () => {
    let ended = false
    const { path } = visit('/connections', {
      'GET /api/bootstrap': bootstrap({ connections: [aConnection()] }),
      'POST /api/connections/n-1/pause': () => problem(401, 'unauthenticated'),
      'POST /api/auth/refresh': () => {
        ended = true
        return problem(401, 'unauthenticated')
      },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Pausar' }))
    expect(await screen.findByRole('button', { name: 'Entrar' })).toBeInTheDocument()
    expect(ended).toBe(true)
    expect(path()).toBe('/sign-in?next=%2Fconnections')
  })

  it('forgets the way when somebody signs out', async () => {
    const { calls, path } = visit('/connections', { 'POST /api/auth/sign-out': () => new Response(null, { status: 204 }) })
    await userEvent.click(await screen.findByRole('button', { name: 'Conta: Ana Ribeiro' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Sair' }))
    expect(await screen.findByRole('button', { name: 'Entrar' })).toBeInTheDocument()
    expect(calls.some((call) => call.path === '/api/auth/sign-out')).toBe(true)
    expect(path()).toBe('/sign-in')
  })

  it('never leads to another site', async () => {
    const { path } = visitSignedOut('/sign-in?next=//evil.example/x', {
      'POST /api/auth/sign-in': () => json({ accessToken: 'new', expiresAt: '2099-01-01T00:00:00Z', user: ME }),
    })
    await userEvent.type(await screen.findByRole('textbox', { name: 'E-mail' }), 'ana@example.com')
    await userEvent.type(screen.getByLabelText('Senha'), 'segredo')
    await userEvent.click(screen.getByRole('button', { name: 'Entrar' }))
    expect(await screen.findByRole('heading', { name: 'Conversas' })).toBeInTheDocument()
    expect(path()).toBe('/inbox')
  })
})
