import { Plural, Trans } from '@lingui/react/macro'
import { ConfirmDialog } from '~/ui/ConfirmDialog'

interface SignOutDialogProps {
  readonly waiting: number
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

export default function SignOutDialog({ waiting, onConfirm, onCancel }: SignOutDialogProps) {
  return (
    <ConfirmDialog
      title={<Trans>Sign out with unsent messages?</Trans>}
      confirm={<Trans>Sign out</Trans>}
      onConfirm={onConfirm}
      onCancel={onCancel}
    >
      <Plural
        value={waiting}
        one="# message has not reached the server. It stays in this browser and goes out when you sign in again."
        other="# messages have not reached the server. They stay in this browser and go out when you sign in again."
      />
    </ConfirmDialog>
  )
}
