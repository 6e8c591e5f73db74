import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import { Trans, useLingui } from '@lingui/react/macro'
import { useId } from 'react'
import { SHORTCUTS, type ShortcutId } from '~/domain/keymap'

export default function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const titleId = useId()
  const titles: Record<ShortcutId, string> = {
    next: t`Next conversation`,
    previous: t`Previous conversation`,
    open: t`Open and write`,
    search: t`Search`,
    take: t`Take over`,
    close: t`Close conversation`,
    help: t`This list`,
    leave: t`Back: from the text, then from the conversation`,
  }
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>
        <Trans>Keyboard shortcuts</Trans>
      </DialogTitle>
      <DialogContent>
        <dl className="shortcuts">
          {SHORTCUTS.map(({ id, label }) => (
            <div key={id}>
              <dt>
                <kbd>{label}</kbd>
              </dt>
              <dd>{titles[id]}</dd>
            </div>
          ))}
        </dl>
        <p className="shortcuts-note">
          <Trans>They act only while you are not writing.</Trans>
        </p>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          <Trans context="of a dialog">Close</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  )
}
