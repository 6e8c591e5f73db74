/** Times as people say them, in the active language. Formatters are costly to make, so each is made once per language. */
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'

const DAY = 86_400_000
const formatters = new Map<string, Intl.DateTimeFormat>()

export const clockTime = (at: string): string => formatter('clock', { hour: '2-digit', minute: '2-digit' }).format(new Date(at))

export const fullTime = (at: string): string => formatter('full', { dateStyle: 'long', timeStyle: 'short' }).format(new Date(at))

/** "hoje", "ontem", "quarta-feira" or the date: the separators of a conversation. */
export function dayName(at: string, now: Date = new Date()): string {
  const days = daysBetween(new Date(at), now)
  if (days <= 1) return new Intl.RelativeTimeFormat(i18n.locale, { numeric: 'auto' }).format(-days, 'day')
  if (days < 7) return formatter('weekday', { weekday: 'long' }).format(new Date(at))
  return formatter('date', { day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(at))
}

/** For a list: the time today, "ontem", the weekday, then the date. */
export function shortTime(at: string, now: Date = new Date()): string {
  const days = daysBetween(new Date(at), now)
  if (days < 1) return clockTime(at)
  if (days < 2) return dayName(at, now)
  if (days < 7) return formatter('short-weekday', { weekday: 'short' }).format(new Date(at))
  return formatter('short', { day: '2-digit', month: '2-digit', year: '2-digit' }).format(new Date(at))
}

export function since(at: string, now: Date = new Date()): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000))
  if (seconds < 60) return i18n._(msg`just now`)
  const relative = new Intl.RelativeTimeFormat(i18n.locale, { numeric: 'auto' })
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour')
  return relative.format(-Math.floor(seconds / 86_400), 'day')
}

function daysBetween(from: Date, to: Date): number {
  return Math.round((midnight(to) - midnight(from)) / DAY)
}

const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${i18n.locale}:${name}`
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(i18n.locale, options)
  formatters.set(key, made)
  return made
}
