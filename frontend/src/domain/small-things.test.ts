import { describe, expect, it } from 'vitest'
import { aConnection, aMessage, created } from '~/testing/builders'
import { canPair, endsAt, sendsNow, toneOf } from './connection-state'
import { newId } from './ids'
import { callOf, hueOf, initials } from './person'
import { formatPhone, parsePhone } from './phone'
import { qrPath } from './qr-path'
import { RecentEvents } from './recent-events'

it.each([
  ['5511988887777', '+55 11 98888-7777'],
  ['551133334444', '+55 11 3333-4444'],
  ['14155550100', '+14155550100'],
  [null, ''],
])('writes the phone %s as "%s"', (phone, expected) => {
  expect(formatPhone(phone)).toBe(expected)
})

it.each([
  ['Maria Oliveira', 'MO'],
  ['joão', 'J'],
  ['Dra. Helena de Prado', 'DP'],
  ['+55 11', '#'],
])('shortens %s to %s', (name, expected) => {
  expect(initials(name)).toBe(expected)
  expect(hueOf(name)).toBe(hueOf(name))
})

it('calls somebody by number while there is no name', () => {
  expect(callOf({ name: 'Maria', phone: '5511988887777' })).toBe('Maria')
  expect(callOf({ name: null, phone: '5511988887777' })).toBe('+55 11 98888-7777')
  expect(callOf({ name: '', phone: null })).toBe('')
})

it('draws neighbouring modules as one rectangle', () => {
  expect(qrPath([[true, true, false], [false, false, true]])).toBe('M0 0h2v1h-2zM2 1h1v1h-1z')
})

it('makes ids of the shape that the server accepts, all different', () => {
  const ids = Array.from({ length: 100 }, newId)
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u)
  expect(new Set(ids).size).toBe(100)
})

describe('a connection', () => {
  it('sends now only while it is linked and not paused', () => {
    expect(sendsNow(aConnection())).toBe(true)
    expect(sendsNow(aConnection({ paused: true }))).toBe(false)
    expect(sendsNow(aConnection({ state: 'reconnecting' }))).toBe(false)
  })

  it('offers a code only where a code helps', () => {
    expect(canPair(aConnection({ state: 'logged_out' }))).toBe(true)
    expect(canPair(aConnection({ state: 'online' }))).toBe(false)
    expect(canPair(aConnection({ state: 'qr', paused: true }))).toBe(false)
  })

  it('knows when a ban ends', () => {
    expect(endsAt('temporary_ban:blocked_by_users until 2026-11-01T12:00:00Z')).toBe('2026-11-01T12:00:00Z')
    expect(endsAt('reach_out_restricted:until 2026-11-01T12:01:00Z')).toBe('2026-11-01T12:01:00Z')
    expect(endsAt('unlinked')).toBeNull()
  })

  it('has a tone', () => {
    expect(toneOf(aConnection({ state: 'banned' }))).toBe('bad')
    expect(toneOf(aConnection({ state: 'banned', paused: true }))).toBe('idle')
  })
})

describe('RecentEvents', () => {
  it('gives back what came since a mark', () => {
    const recent = new RecentEvents()
    recent.add([created(aMessage({ id: 'a' }))])
    const mark = recent.mark()
    recent.add([created(aMessage({ id: 'b' }))])
    expect(recent.since(mark)).toMatchObject([{ message: { id: 'b' } }])
  })

  it('says so when it has forgotten too much', () => {
    const recent = new RecentEvents()
    const mark = recent.mark()
    recent.add(Array.from({ length: 5_000 }, () => created(aMessage())))
    expect(recent.since(mark)).toBeNull()
    expect(recent.since(recent.mark())).toEqual([])
  })
})

it.each([
  ['+55 (11) 98888-7777', '+5511988887777'],
  ['5511988887777', '+5511988887777'],
  ['351.912.345.678', '+351912345678'],
  ['', null],
  ['12345', null],
  ['011 98888-7777', null],
  ['+55 11 nove', null],
  ['1234567890123456', null],
])('reads %j as a number with its country code: %j', (text, expected) => {
  expect(parsePhone(text)).toBe(expected)
})
