import { Trans } from '@lingui/react/macro'
import { ConfirmDialog } from '~/ui/ConfirmDialog'

interface CloseDialogProps {
  readonly name: string
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

export default function CloseDialog({ name, onConfirm, onCancel }: CloseDialogProps) {
  return (
    <ConfirmDialog
      title={<Trans>Close the conversation with {name}?</Trans>}
      confirm={<Trans>Close conversation</Trans>}
      onConfirm={onConfirm}
      onCancel={onCancel}
    >
      <Trans>It leaves the open lists. If the customer writes again, a new conversation opens.</Trans>
    </ConfirmDialog>
  )
}
