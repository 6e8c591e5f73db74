import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it } from 'vitest'
import { queryClient } from '~/data/query-client'
import { aConnection } from '~/testing/builders'
import { type Answer, fakeServer, json, problem } from '~/testing/fake-server'
import { renderScreen } from '~/testing/render'
import { PairingView } from './PairingView'

const PAIRING = 'GET /api/connections/n-1/pairing'
const ASK = 'POST /api/connections/n-1/pairing'

afterEach(() => queryClient.clear())

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()

function show(answer: Answer, more: Record<string, Answer> = {}) {
  const calls = fakeServer({ [PAIRING]: answer, ...more })
  renderScreen(<PairingView connection={aConnection({ state: 'starting' })} />)
  return calls
}

it('always has something to read while the code is prepared', () => {
  show(() => json({ state: 'starting', stateReason: null, qr: null }))
  expect(screen.getByRole('status')).toHaveTextContent('Preparando a conexão com o WhatsApp')
})

it('shows the code, how long it lives and its text, and follows its rotation', async () => {
  let round = 0
  show(() => json({ state: 'qr', stateReason: null, qr: { text: `2@code-${round}`, expiresAt: inSeconds(20), round } }))
  expect(await screen.findByRole('img', { name: 'Código QR' })).toBeInTheDocument()
  expect(screen.getByRole('timer')).toHaveTextContent(/Novo código em (19|20) s/u)
  expect(screen.getByRole('textbox', { name: 'Texto do código' })).toHaveValue('2@code-0')
  round = 1
  await waitFor(() => expect(screen.getByRole('textbox')).toHaveValue('2@code-1'))
})

it('copies the text of the code', async () => {
  const person = userEvent.setup()
  show(() => json({ state: 'qr', stateReason: null, qr: { text: '2@code', expiresAt: inSeconds(20), round: 0 } }))
  await person.click(await screen.findByRole('button', { name: 'Copiar código' }))
  await expect(navigator.clipboard.readText()).resolves.toBe('2@code')
})

const typed = (seconds: number) => ({
  state: 'qr',
  stateReason: 'type_the_code',
  qr: null,
  code: { text: 'ABCD-EFGH', expiresAt: inSeconds(seconds), round: 1 },
  phone: '+5511988887777',
})

it('shows the letters to type, on which phone and where, and copies them', async () => {
  const person = userEvent.setup()
  show(() => json(typed(150)))
  expect(await screen.findByRole('status', { name: 'Código para digitar no celular' })).toHaveTextContent('ABCD-EFGH')
  expect(screen.getByText(/número \+55 11 98888-7777/u)).toBeInTheDocument()
  expect(screen.getByText(/Conectar com número de telefone/u)).toBeInTheDocument()
  expect(screen.getByRole('timer')).toHaveTextContent(/Novo código em 1(49|50) s/u)
  expect(screen.queryByRole('img', { name: 'Código QR' })).not.toBeInTheDocument()
  await person.click(screen.getByRole('button', { name: 'Copiar código' }))
  await expect(navigator.clipboard.readText()).resolves.toBe('ABCD-EFGH')
})

it('says that another code comes when the letters are too old', async () => {
  show(() => json(typed(-1)))
  expect(await screen.findByRole('timer')).toHaveTextContent('Buscando um novo código')
})

it('says what to do when WhatsApp gives no letters', async () => {
  show(() => json({ state: 'qr', stateReason: 'code_refused:400', qr: null, code: null, phone: '+5511988887777' }))
  expect(await screen.findByText(/Confira o número/u)).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Gerar novos códigos' })).toBeInTheDocument()
})

it('asks for new codes once nobody used the old ones', async () => {
  show(() => json({ state: 'qr', stateReason: 'codes_expired', qr: null, code: null, phone: null }))
  expect(await screen.findByText(/Ninguém conectou o celular a tempo/u)).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Gerar novos códigos' })).toBeInTheDocument()
})

it('ends with the good news', async () => {
  show(() => json({ state: 'online', stateReason: null, qr: null }))
  expect(await screen.findByText(/\+55 11 98888-7777 está conectado/u)).toBeInTheDocument()
})

it('says why there is no code and asks for new ones', async () => {
  let asked = false
  const calls = show(() => json({ state: asked ? 'qr' : 'logged_out', stateReason: null, qr: asked ? { text: 'x', expiresAt: inSeconds(9), round: 0 } : null }), {
    [ASK]: () => {
      asked = true
      return json(aConnection({ state: 'starting' }))
    },
  })
  await screen.findByText(/A conexão foi removida no celular/u)
  await userEvent.click(screen.getByRole('button', { name: 'Gerar novos códigos' }))
  expect(await screen.findByRole('img', { name: 'Código QR' })).toBeInTheDocument()
  expect(calls.some((call) => call.method === 'POST')).toBe(true)
})

it('is never empty when the server refuses', async () => {
  show(() => problem(404, 'not_found'))
  expect(await screen.findByText(/Isto não existe mais/u)).toBeInTheDocument()
})
