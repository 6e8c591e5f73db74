import { Trans } from '@lingui/react/macro'
import { Clock3, CloudOff } from 'lucide-react'
import type { ReactNode } from 'react'

export interface ComposerNoteProps {
  readonly offline: boolean
  /** The number is not linked right now: what is written waits at the server. */
  readonly waitsForNumber: boolean
}

/** What will happen to what is written now, while it cannot leave at once. */
export function ComposerNote({ offline, waitsForNumber }: ComposerNoteProps) {
  if (offline) {
    return (
      <Note icon={<CloudOff size={16} aria-hidden="true" />}>
        <Trans>You are offline: messages stay in this browser and go out when the connection returns.</Trans>
      </Note>
    )
  }
  if (!waitsForNumber) return null
  return (
    <Note icon={<Clock3 size={16} aria-hidden="true" />}>
      <Trans>Number disconnected — will be sent when it reconnects</Trans>
    </Note>
  )
}

function Note({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <p className="composer-note" role="status">
      {icon}
      <span>{children}</span>
    </p>
  )
}
