import Button from '@mui/material/Button'
import CircularProgress from '@mui/material/CircularProgress'
import { Trans } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheckBig } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { askNewCodes, pairingQuery } from '~/data/connections'
import { codesEnded, toneOf } from '~/domain/connection-state'
import type { Connection } from '~/domain/model'
import { formatPhone } from '~/domain/phone'
import { stateHelp, stateLabel } from '~/i18n/connection-text'
import { problemText } from '~/i18n/problem-text'
import { ScannedCodeView } from './ScannedCodeView'
import { TypedCodeView } from './TypedCodeView'

const LONG_WAIT = 10_000

/** From "preparing" over the code to "connected": there is always something to read, and something to do when it fails. */
export function PairingView({ connection }: { readonly connection: Connection }) {
  const { data, error, refetch } = useQuery(pairingQuery(connection.id))
  const renew = useMutation({ mutationFn: () => askNewCodes(connection.id), onSuccess: () => void refetch() })
  const state = data?.state ?? connection.state
  const seen = { state, paused: connection.paused, stateReason: data ? data.stateReason : connection.stateReason }

  if (state === 'online' || state === 'degraded') return <Linked connection={connection} />
  if (error && !data) return <Trouble text={problemText(error)} onRetry={() => void refetch()} busy={false} />
  if (renew.isError) return <Trouble text={problemText(renew.error)} onRetry={() => renew.mutate()} busy={renew.isPending} />
  if (data?.qr) return <ScannedCodeView code={data.qr} />
  if (data?.code) return <TypedCodeView code={data.code} phone={data.phone} />
  if (!renew.isPending && (toneOf(seen) === 'bad' || state === 'stopped' || codesEnded(seen))) {
    return <Trouble title={stateLabel(seen)} text={stateHelp(seen)} onRetry={() => renew.mutate()} busy={false} />
  }
  return <Working key={state} title={stateLabel(seen)} text={stateHelp(seen)} />
}

function Working({ title, text }: { readonly title: string; readonly text: string }) {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_WAIT)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Step icon={<CircularProgress size={30} aria-hidden="true" />} title={title}>
      {text} {long ? <Trans>It is taking longer than usual; you may close this and come back later.</Trans> : null}
    </Step>
  )
}

function Linked({ connection }: { readonly connection: Connection }) {
  return (
    <Step icon={<CircleCheckBig size={34} />} title={<Trans>Connected</Trans>}>
      {connection.phone ? (
        <Trans>{formatPhone(connection.phone)} is linked. New messages appear in the inbox.</Trans>
      ) : (
        <Trans>The number is linked. New messages appear in the inbox.</Trans>
      )}
      <Link to="/inbox" className="button-link">
        <Trans>Open the inbox</Trans>
      </Link>
    </Step>
  )
}

interface TroubleProps {
  readonly title?: ReactNode
  readonly text: string
  readonly busy: boolean
  readonly onRetry: () => void
}

function Trouble({ title, text, busy, onRetry }: TroubleProps) {
  return (
    <Step icon={<CircleAlert size={32} />} title={title ?? <Trans>There is no code right now</Trans>} bad>
      {text}
      <Button variant="contained" onClick={onRetry} loading={busy}>
        <Trans>Get new codes</Trans>
      </Button>
    </Step>
  )
}

interface StepProps {
  readonly icon: ReactNode
  readonly title: ReactNode
  readonly children: ReactNode
  readonly bad?: boolean
}

function Step({ icon, title, children, bad = false }: StepProps) {
  return (
    <div className={bad ? 'pairing-step pairing-bad' : 'pairing-step'} role="status">
      <span className="pairing-icon">{icon}</span>
      <p className="pairing-title">{title}</p>
      <div className="pairing-words">{children}</div>
    </div>
  )
}
