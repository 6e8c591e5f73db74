import './notice.css'
import Button from '@mui/material/Button'
import { Trans } from '@lingui/react/macro'
import { CloudOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { problemText } from '~/i18n/problem-text'

interface NoticeProps {
  readonly icon?: ReactNode
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** Nothing to show: one sentence, and one thing to do about it. */
export function Notice({ icon, title, children, action }: NoticeProps) {
  return (
    <div className="notice">
      {icon ? <span className="notice-icon">{icon}</span> : null}
      <p className="notice-title">{title}</p>
      {children ? <p className="notice-text">{children}</p> : null}
      {action}
    </div>
  )
}

/** What failed, in words, and a way to try again; the rest of the page stays alive. */
export function ErrorNotice({ title, error, onRetry }: { readonly title: ReactNode; readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <div role="alert">
      <Notice
        icon={<CloudOff size={26} />}
        title={title}
        action={
          <Button variant="outlined" onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        }
      >
        {problemText(error)}
      </Notice>
    </div>
  )
}
