import './language-select.css'
import { useLingui } from '@lingui/react/macro'
import { chooseLocale, LOCALES, type Locale } from '~/i18n/i18n'

export function LanguageSelect() {
  const { t, i18n } = useLingui()
  return (
    <select
      className="language-select"
      aria-label={t`Language`}
      value={i18n.locale}
      onChange={(event) => void chooseLocale(event.target.value as Locale)}
    >
      {Object.entries(LOCALES).map(([locale, name]) => (
        <option key={locale} value={locale} lang={locale}>
          {name}
        </option>
      ))}
    </select>
  )
}
