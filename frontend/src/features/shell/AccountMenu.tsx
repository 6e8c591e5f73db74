import Divider from '@mui/material/Divider'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { useColorScheme } from '@mui/material/styles'
import { Trans, useLingui } from '@lingui/react/macro'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { chooseLocale, LOCALES, type Locale } from '~/i18n/i18n'

export interface AccountMenuProps {
  readonly anchor: HTMLElement
  readonly name: string
  readonly company: string
  readonly onClose: () => void
  readonly onShortcuts: () => void
  readonly onSignOut: () => void
}

const MODES = ['light', 'dark', 'system'] as const

export default function AccountMenu({ anchor, name, company, onClose, onShortcuts, onSignOut }: AccountMenuProps) {
  const { t, i18n } = useLingui()
  const { mode, setMode } = useColorScheme()
  const modeNames = { light: t`Light theme`, dark: t`Dark theme`, system: t`Theme of the system` }
  return (
    <Menu
      open
      disablePortal
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: 'top', horizontal: 'right' }}
      transformOrigin={{ vertical: 'bottom', horizontal: 'left' }}
    >
      <li className="menu-person" role="presentation">
        <strong>{name}</strong>
        <span>{company}</span>
      </li>
      <Divider component="li" />
      {MODES.map((choice) => (
        <Choice key={choice} chosen={mode === choice} onClick={() => setMode(choice)}>
          {modeNames[choice]}
        </Choice>
      ))}
      <Divider component="li" />
      {Object.entries(LOCALES).map(([locale, language]) => (
        <Choice key={locale} chosen={i18n.locale === locale} onClick={() => void chooseLocale(locale as Locale)}>
          <span lang={locale}>{language}</span>
        </Choice>
      ))}
      <Divider component="li" />
      <MenuItem onClick={onShortcuts}>
        <Trans>Keyboard shortcuts</Trans>
      </MenuItem>
      <MenuItem onClick={onSignOut}>
        <Trans>Sign out</Trans>
      </MenuItem>
    </Menu>
  )
}

interface ChoiceProps {
  readonly chosen: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

function Choice({ chosen, onClick, children, ...rest }: ChoiceProps) {
  return (
    <MenuItem {...rest} role="menuitemradio" aria-checked={chosen} onClick={onClick}>
      <span className="menu-check">{chosen ? <Check size={16} aria-hidden="true" /> : null}</span>
      {children}
    </MenuItem>
  )
}
