/** Which language: what the person chose here, otherwise Portuguese. Only the chosen catalogue is downloaded. */
import { i18n, type Messages } from '@lingui/core'

export const LOCALES = { 'pt-BR': 'Português (Brasil)', en: 'English', es: 'Español' } as const
export type Locale = keyof typeof LOCALES

const STORED = 'recado.locale'
const DEFAULT: Locale = 'pt-BR'

const catalogues: Record<Locale, () => Promise<{ messages: Messages }>> = {
  'pt-BR': () => import('./locales/pt-BR.po'),
  en: () => import('./locales/en.po'),
  es: () => import('./locales/es.po'),
}

export async function activate(locale: Locale): Promise<void> {
  const { messages } = await catalogues[locale]()
  i18n.loadAndActivate({ locale, messages })
  document.documentElement.lang = locale
}

export async function chooseLocale(locale: Locale): Promise<void> {
  localStorage.setItem(STORED, locale)
  await activate(locale)
}

export function storedLocale(): Locale {
  const stored = localStorage.getItem(STORED)
  return stored && stored in LOCALES ? (stored as Locale) : DEFAULT
}
