import { Trans } from '@lingui/react/macro'
import { ConfirmDialog } from '~/ui/ConfirmDialog'

interface DeleteDialogProps {
  readonly name: string
  readonly busy: boolean
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

export default function DeleteDialog({ name, busy, onConfirm, onCancel }: DeleteDialogProps) {
  return (
    <ConfirmDialog
      title={<Trans>Delete {name}?</Trans>}
      confirm={<Trans>Delete connection</Trans>}
      danger
      busy={busy}
      onConfirm={onConfirm}
      onCancel={onCancel}
    >
      <Trans>
        The number is unlinked and stops receiving messages here. Conversations stay readable. This cannot be undone. If the phone still lists it under Linked devices afterwards, remove it there.
      </Trans>
    </ConfirmDialog>
  )
}
