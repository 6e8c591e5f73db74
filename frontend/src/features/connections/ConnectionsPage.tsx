import './connections.css'
import Button from '@mui/material/Button'
import { Trans } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus, Smartphone } from 'lucide-react'
import { Suspense, useState } from 'react'
import { bootstrapQuery } from '~/data/bootstrap'
import { askNewCodes, pause, removeConnection, resume } from '~/data/connections'
import type { Connection, User } from '~/domain/model'
import { connectionRights, mayCreateConnections } from '~/domain/permissions'
import { problemText } from '~/i18n/problem-text'
import { Notice } from '~/ui/Notice'
import { toast } from '~/ui/toast'
import { lazyPart } from '~/ui/lazy-part'
import { ConnectionCard } from './ConnectionCard'

const ConnectDialog = lazyPart(() => import('./ConnectDialog'))
const DeleteDialog = lazyPart(() => import('./DeleteDialog'))

type Open = { readonly type: 'connect'; readonly id: string | null } | { readonly type: 'delete'; readonly connection: Connection } | null

export function ConnectionsPage() {
  const { data } = useQuery(bootstrapQuery)
  const [open, setOpen] = useState<Open>(null)
  const shut = (): void => setOpen(null)
  const connections = data?.connections ?? []
  const role = data?.me.role ?? 'agent'
  const mayCreate = mayCreateConnections(role)
  return (
    <main className="connections">
      <header className="connections-head">
        <div>
          <h1 className="connections-title">
            <Trans>Connections</Trans>
          </h1>
          <p className="connections-text">
            <Trans>The WhatsApp numbers that your team answers.</Trans>
          </p>
        </div>
        {mayCreate ? (
          <Button variant="contained" startIcon={<Plus size={18} aria-hidden="true" />} onClick={() => setOpen({ type: 'connect', id: null })}>
            <Trans>New connection</Trans>
          </Button>
        ) : null}
      </header>
      {connections.length > 0 ? (
        <Cards connections={connections} role={role} onOpen={setOpen} />
      ) : (
        <Notice icon={<Smartphone size={28} />} title={<Trans>No number is connected yet.</Trans>}>
          {mayCreate ? (
            <Trans>Create a connection and scan the code with the phone: it takes less than a minute.</Trans>
          ) : (
            <Trans>An administrator of your company can connect one.</Trans>
          )}
        </Notice>
      )}
      <Suspense>
        {open?.type === 'connect' ? <ConnectDialog connectionId={open.id} onClose={shut} /> : null}
        {open?.type === 'delete' ? <ConfirmDelete connection={open.connection} onClose={shut} /> : null}
      </Suspense>
    </main>
  )
}

interface CardsProps {
  readonly connections: readonly Connection[]
  readonly role: User['role']
  readonly onOpen: (open: Open) => void
}

function Cards({ connections, role, onOpen }: CardsProps) {
  const pausing = useMutation({ mutationFn: pause, onError: tell })
  const resuming = useMutation({ mutationFn: resume, onError: tell })
  /** A link that ended shows no codes by itself: asking for them is part of opening the dialog. */
  const pairing = useMutation({ mutationFn: askNewCodes, onError: tell })
  return (
    <div className="connection-grid">
      {connections.map((connection) => (
        <ConnectionCard
          key={connection.id}
          connection={connection}
          rights={connectionRights(role, connection)}
          busy={pausing.isPending || resuming.isPending}
          onPair={({ id, state }) => {
            if (state !== 'qr' && state !== 'starting' && state !== 'pairing') pairing.mutate(id)
            onOpen({ type: 'connect', id })
          }}
          onPause={({ id }) => pausing.mutate(id)}
          onResume={({ id }) => resuming.mutate(id)}
          onDelete={(doomed) => onOpen({ type: 'delete', connection: doomed })}
        />
      ))}
    </div>
  )
}

const tell = (error: unknown): void => toast(problemText(error))

function ConfirmDelete({ connection, onClose }: { readonly connection: Connection; readonly onClose: () => void }) {
  const deleting = useMutation({
    mutationFn: () => removeConnection(connection.id),
    onSuccess: onClose,
    onError: tell,
  })
  return <DeleteDialog name={connection.displayName} busy={deleting.isPending} onConfirm={() => deleting.mutate()} onCancel={onClose} />
}
