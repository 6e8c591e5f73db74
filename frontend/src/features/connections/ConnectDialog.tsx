import './connect-dialog.css'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import TextField from '@mui/material/TextField'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { bootstrapQuery } from '~/data/bootstrap'
import { addConnection } from '~/data/connections'
import { problemText } from '~/i18n/problem-text'
import { PairingView } from './PairingView'

interface ConnectDialogProps {
  /** The number to link; null to make a new one first. */
  readonly connectionId: string | null
  readonly onClose: () => void
}

export default function ConnectDialog({ connectionId, onClose }: ConnectDialogProps) {
  const titleId = useId()
  const [id, setId] = useState(connectionId)
  const { data: connection } = useQuery({
    ...bootstrapQuery,
    select: (data) => data.connections.find((other) => other.id === id),
  })
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{connection ? <Trans>Connect {connection.displayName}</Trans> : <Trans>New connection</Trans>}</DialogTitle>
      {connection ? <PairingStep connection={connection} onClose={onClose} /> : <NameStep onMade={setId} onClose={onClose} />}
    </Dialog>
  )
}

type PairingStepProps = Pick<ConnectDialogProps, 'onClose'> & Parameters<typeof PairingView>[0]

function PairingStep({ connection, onClose }: PairingStepProps) {
  return (
    <>
      <DialogContent className="pairing">
        <PairingView connection={connection} />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>
          <Trans context="of a dialog">Close</Trans>
        </Button>
      </DialogActions>
    </>
  )
}

function NameStep({ onMade, onClose }: { readonly onMade: (id: string) => void; readonly onClose: () => void }) {
  const { t } = useLingui()
  const [name, setName] = useState('')
  const making = useMutation({ mutationFn: addConnection, onSuccess: (made) => onMade(made.id) })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) making.mutate(name.trim())
      }}
    >
      <DialogContent className="name-step">
        <p>
          <Trans>Give the number a name that your team will recognise, like “Sales” or “Support”.</Trans>
        </p>
        <TextField
          label={t`Name of the connection`}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={making.isError}
          helperText={making.isError ? problemText(making.error) : ' '}
          slotProps={{ htmlInput: { maxLength: 60 }, inputLabel: { required: false } }}
          required
          autoFocus
          fullWidth
        />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" variant="contained" loading={making.isPending} disabled={!name.trim()}>
          <Trans>Continue</Trans>
        </Button>
      </DialogActions>
    </form>
  )
}
