import './shell.css'
import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { MessagesSquare, Smartphone } from 'lucide-react'
import { type ReactNode, Suspense, useState } from 'react'
import { Avatar } from '~/ui/Avatar'
import { Logo } from '~/ui/Logo'
import { Toaster } from '~/ui/toast'
import { lazyPart } from '~/ui/lazy-part'
import { OfflineBanner } from './OfflineBanner'

const AccountMenu = lazyPart(() => import('./AccountMenu'))
const ShortcutsDialog = lazyPart(() => import('./ShortcutsDialog'))

interface ShellProps {
  readonly name: string
  readonly company: string
  readonly help: boolean
  readonly onHelp: (open: boolean) => void
  readonly onSignOut: () => void
  readonly children: ReactNode
}

/** The frame around every screen: where one can go, who one is, and how the line is. */
export function Shell({ name, company, help, onHelp, onSignOut, children }: ShellProps) {
  const { t } = useLingui()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  return (
    <div className="shell">
      <OfflineBanner />
      <nav className="rail" aria-label={t`Main navigation`}>
        <span className="rail-logo">
          <Logo size={34} />
        </span>
        <Link to="/inbox" className="rail-link">
          <MessagesSquare size={21} aria-hidden="true" />
          <span>{t`Inbox`}</span>
        </Link>
        <Link to="/connections" className="rail-link">
          <Smartphone size={21} aria-hidden="true" />
          <span>{t`Connections`}</span>
        </Link>
        <button
          type="button"
          className="rail-account"
          aria-label={t`Account: ${name}`}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <Avatar name={name} size="small" />
        </button>
        <Suspense>
          {anchor ? (
            <AccountMenu
              anchor={anchor}
              name={name}
              company={company}
              onClose={() => setAnchor(null)}
              onShortcuts={() => {
                setAnchor(null)
                onHelp(true)
              }}
              onSignOut={() => {
                setAnchor(null)
                onSignOut()
              }}
            />
          ) : null}
        </Suspense>
      </nav>
      <div className="shell-page">{children}</div>
      <Toaster />
      <Suspense>
        {help ? <ShortcutsDialog onClose={() => onHelp(false)} /> : null}
      </Suspense>
    </div>
  )
}
