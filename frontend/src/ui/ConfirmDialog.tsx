import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import { Trans } from '@lingui/react/macro'
import { type ReactNode, useId } from 'react'

interface ConfirmDialogProps {
  readonly title: ReactNode
  readonly children: ReactNode
  readonly confirm: ReactNode
  readonly danger?: boolean
  readonly busy?: boolean
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

export function ConfirmDialog({ title, children, confirm, danger = false, busy = false, onConfirm, onCancel }: ConfirmDialogProps) {
  const titleId = useId()
  return (
    <Dialog open onClose={onCancel} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent>{children}</DialogContent>
      <DialogActions>
        <Button onClick={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
        <Button variant="contained" color={danger ? 'error' : 'primary'} onClick={onConfirm} loading={busy} autoFocus>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
