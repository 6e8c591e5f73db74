import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { accessToken } from '~/http/session'
import { aUser } from '~/testing/builders'
import { fakeServer, json, problem } from '~/testing/fake-server'
import { renderScreen } from '~/testing/render'
import { SignInForm } from './SignInForm'

async function fillIn(): Promise<void> {
  await userEvent.type(screen.getByRole('textbox', { name: 'E-mail' }), 'ana@example.com')
  await userEvent.type(screen.getByLabelText('Senha'), 'segredo')
  await userEvent.click(screen.getByRole('button', { name: 'Entrar' }))
}

it('signs in and goes on', async () => {
  const onSignedIn = vi.fn<() => void>()
  const calls = fakeServer({
    'POST /api/auth/sign-in': () => json({ accessToken: 'a-token', expiresAt: '2099-01-01T00:00:00Z', user: aUser() }),
  })
  renderScreen(<SignInForm onSignedIn={onSignedIn} />)
  await fillIn()
  await waitFor(() => expect(onSignedIn).toHaveBeenCalledOnce())
  expect(calls[0]?.body).toEqual({ email: 'ana@example.com', password: 'segredo' })
  expect(accessToken()).toBe('a-token')
})

it.each([
  ['invalid_credentials', 401, 'E-mail ou senha incorretos'],
  ['too_many_requests', 429, 'Muitos pedidos seguidos'],
])('explains %s in words', async (code, status, words) => {
  fakeServer({ 'POST /api/auth/sign-in': () => problem(status, code) })
  renderScreen(<SignInForm onSignedIn={() => undefined} />)
  await fillIn()
  expect(await screen.findByRole('alert')).toHaveTextContent(words)
})
