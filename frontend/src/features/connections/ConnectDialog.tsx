import './connect-dialog.css'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { bootstrapQuery } from '~/data/bootstrap'
import { NewNumberForm } from './NewNumberForm'
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
      {connection ? <PairingStep connection={connection} onClose={onClose} /> : <NewNumberForm onMade={setId} onClose={onClose} />}
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
