import Button from '@mui/material/Button'
import { Trans, useLingui } from '@lingui/react/macro'
import { Pause, Play, QrCode, Trash2 } from 'lucide-react'
import { canPair, toneOf } from '~/domain/connection-state'
import type { Connection } from '~/domain/model'
import { formatPhone } from '~/domain/phone'
import { stateHelp, stateLabel } from '~/i18n/connection-text'
import { since } from '~/i18n/format'

export interface ConnectionCardProps {
  readonly connection: Connection
  readonly busy: boolean
  readonly onPair: (connection: Connection) => void
  readonly onPause: (connection: Connection) => void
  readonly onResume: (connection: Connection) => void
  readonly onDelete: (connection: Connection) => void
}

export function ConnectionCard({ connection, busy, onPair, onPause, onResume, onDelete }: ConnectionCardProps) {
  const { t } = useLingui()
  const tone = toneOf(connection)
  return (
    <article className="connection-card" aria-label={connection.displayName}>
      <header className="connection-head">
        <div className="connection-names">
          <h2 className="connection-name">{connection.displayName}</h2>
          <p className="connection-phone">{connection.phone ? formatPhone(connection.phone) : <Trans>No number yet</Trans>}</p>
        </div>
        <span className={`connection-state tone-${tone}`}>{stateLabel(connection)}</span>
      </header>
      <p className="connection-help">{stateHelp(connection)}</p>
      <p className="connection-since">
        <Trans>Changed {since(connection.stateSince)}</Trans>
        {connection.managedBy === 'kubectl' ? (
          <>
            {' · '}
            <Trans>managed with kubectl</Trans>
          </>
        ) : null}
      </p>
      <div className="connection-actions">
        {canPair(connection) ? (
          <Button variant="contained" size="small" startIcon={<QrCode size={16} aria-hidden="true" />} onClick={() => onPair(connection)}>
            <Trans>Show code</Trans>
          </Button>
        ) : null}
        {connection.paused ? (
          <Button size="small" startIcon={<Play size={16} aria-hidden="true" />} disabled={busy} onClick={() => onResume(connection)}>
            <Trans>Resume</Trans>
          </Button>
        ) : (
          <Button size="small" startIcon={<Pause size={16} aria-hidden="true" />} disabled={busy} onClick={() => onPause(connection)}>
            <Trans>Pause</Trans>
          </Button>
        )}
        <Button
          size="small"
          color="error"
          startIcon={<Trash2 size={16} aria-hidden="true" />}
          disabled={busy}
          aria-label={t`Delete ${connection.displayName}`}
          onClick={() => onDelete(connection)}
        >
          <Trans>Delete</Trans>
        </Button>
      </div>
    </article>
  )
}
