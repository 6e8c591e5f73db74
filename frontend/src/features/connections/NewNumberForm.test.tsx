import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { queryClient } from '~/data/query-client'
import { aConnection } from '~/testing/builders'
import { fakeServer, json, problem } from '~/testing/fake-server'
import { renderScreen } from '~/testing/render'
import { NewNumberForm } from './NewNumberForm'

const CREATE = 'POST /api/connections'

afterEach(() => queryClient.clear())

function show(answer = () => json(aConnection({ id: 'n-9' }))) {
  const calls = fakeServer({ [CREATE]: answer })
  const onMade = vi.fn<(id: string) => void>()
  renderScreen(<NewNumberForm onMade={onMade} onClose={vi.fn<() => void>()} />)
  return { calls, onMade, person: userEvent.setup() }
}

const proceed = () => screen.getByRole('button', { name: 'Continuar' })

it('needs no more than a name to scan a code', async () => {
  const { calls, onMade, person } = show()
  expect(screen.getByRole('radio', { name: /Ler um código QR/u })).toBeChecked()
  expect(screen.queryByRole('textbox', { name: 'Número do celular' })).not.toBeInTheDocument()
  expect(proceed()).toBeDisabled()
  await person.type(screen.getByRole('textbox', { name: 'Nome da conexão' }), 'Loja{Enter}')
  await vi.waitFor(() => expect(onMade).toHaveBeenCalledWith('n-9'))
  expect(calls.at(-1)?.body).toEqual({ displayName: 'Loja' })
})

it('needs the number to type a code, and says for whom it will be', async () => {
  const { calls, onMade, person } = show()
  await person.type(screen.getByRole('textbox', { name: 'Nome da conexão' }), 'Loja')
  await person.click(screen.getByRole('radio', { name: /Digitar um código no celular/u }))
  const number = screen.getByRole('textbox', { name: 'Número do celular' })
  expect(proceed()).toBeDisabled()
  await person.type(number, '+55 (11) 98888-777')
  expect(screen.getByText(/só para \+55 11 9888-8777/u)).toBeInTheDocument()
  await person.type(number, '7')
  expect(screen.getByText(/só para \+55 11 98888-7777/u)).toBeInTheDocument()
  await person.click(proceed())
  await vi.waitFor(() => expect(onMade).toHaveBeenCalledWith('n-9'))
  expect(calls.at(-1)?.body).toEqual({ displayName: 'Loja', codeFor: '+5511988887777' })
})

it('says what is wrong when the server refuses', async () => {
  const { person } = show(() => problem(409, 'declared_with_kubectl'))
  await person.type(screen.getByRole('textbox', { name: 'Nome da conexão' }), 'Loja{Enter}')
  expect(await screen.findByText(/com kubectl/u)).toBeInTheDocument()
})
