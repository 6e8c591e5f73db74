/** Whole, valid things of the domain; a test names only what it is about. */
import type { Connection, Frame, Message, RecadoEvent, Ticket, User } from '~/domain/model'
import type { OutboxEntry } from '~/domain/outbox'

const AT = '2026-03-10T12:00:00Z'

export const aMessage = (changes: Partial<Message> = {}): Message => ({
  id: `m-${changes.seq ?? 1}`,
  ticketId: 't-1',
  seq: 1,
  fromMe: false,
  kind: 'text',
  text: 'Olá',
  unsupportedKind: null,
  state: 'received',
  stateReason: null,
  origin: 'live',
  senderUserId: null,
  sentAt: AT,
  createdAt: AT,
  ...changes,
})

export const aTicket = (changes: Partial<Ticket> = {}): Ticket => ({
  id: 't-1',
  status: 'open',
  unreadCount: 0,
  lastMessageAt: AT,
  lastMessagePreview: 'Olá',
  lastMessageFromMe: false,
  lastMessageState: 'received',
  contact: { id: 'c-1', name: 'Maria', phone: '5511988887777', kind: 'person' },
  connectionId: 'n-1',
  queueId: 'q-1',
  assigneeId: null,
  openedAt: AT,
  closedAt: null,
  ...changes,
})

export const aConnection = (changes: Partial<Connection> = {}): Connection => ({
  id: 'n-1',
  name: 'vendas',
  displayName: 'Vendas',
  state: 'online',
  stateReason: 'connected',
  stateSince: AT,
  phone: '5511988887777',
  paused: false,
  managedBy: 'recado',
  createdAt: AT,
  ...changes,
})

export const aUser = (changes: Partial<User> = {}): User => ({ id: 'u-1', name: 'Ana', email: 'ana@example.com', role: 'agent', ...changes })

export const anEntry = (changes: Partial<OutboxEntry> = {}): OutboxEntry => ({
  id: 'e-1',
  ticketId: 't-1',
  userId: 'u-1',
  text: 'Oi',
  createdAt: AT,
  attempts: 0,
  retryAt: 0,
  refused: null,
  ...changes,
})

export const created = (message: Message): RecadoEvent => ({ type: 'message.created', message })

/** A frame that carries one numbered event per step. */
export const aFrame = (stream: string, prev: number, events: RecadoEvent[]): Frame => ({ stream, prev, seq: prev + events.length, events })
