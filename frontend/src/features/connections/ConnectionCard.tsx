import Button from '@mui/material/Button'
import { Trans, useLingui } from '@lingui/react/macro'
import { Pause, Play, QrCode, Trash2 } from 'lucide-react'
import { canPair, toneOf } from '~/domain/connection-state'
import type { Connection } from '~/domain/model'
import type { ConnectionRights } from '~/domain/permissions'
import { formatPhone } from '~/domain/phone'
import { stateEnd, stateHelp, stateLabel } from '~/i18n/connection-text'
import { since } from '~/i18n/format'

export interface ConnectionCardProps {
  readonly connection: Connection
  readonly rights: ConnectionRights
  readonly busy: boolean
  readonly onPair: (connection: Connection) => void
  readonly onPause: (connection: Connection) => void
  readonly onResume: (connection: Connection) => void
  readonly onDelete: (connection: Connection) => void
}

export function ConnectionCard(props: ConnectionCardProps) {
  const { connection, rights } = props
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
      <p className="connection-help">
        {stateHelp(connection)} {stateEnd(connection)}
      </p>
      <p className="connection-since">
        <Trans>Changed {since(connection.stateSince)}</Trans>
        {connection.managedBy === 'recado' ? null : (
          <>
            {' · '}
            <Trans>managed with {connection.managedBy}</Trans>
          </>
        )}
      </p>
      {rights.pair ? <Actions {...props} /> : null}
    </article>
  )
}

function Actions({ connection, rights, busy, onPair, onPause, onResume, onDelete }: ConnectionCardProps) {
  const { t } = useLingui()
  const pairs = canPair(connection)
  if (!pairs && !rights.manage) return null
  return (
    <div className="connection-actions">
      {pairs ? (
        <Button variant="contained" size="small" startIcon={<QrCode size={16} aria-hidden="true" />} onClick={() => onPair(connection)}>
          <Trans>Show code</Trans>
        </Button>
      ) : null}
      {rights.manage ? (
        <>
          <Button
            size="small"
            startIcon={connection.paused ? <Play size={16} aria-hidden="true" /> : <Pause size={16} aria-hidden="true" />}
            disabled={busy}
            onClick={() => (connection.paused ? onResume(connection) : onPause(connection))}
          >
            {connection.paused ? <Trans>Resume</Trans> : <Trans>Pause</Trans>}
          </Button>
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
        </>
      ) : null}
    </div>
  )
}
