import Button from '@mui/material/Button'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import TextField from '@mui/material/TextField'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { addConnection } from '~/data/connections'
import { formatPhone, parsePhone } from '~/domain/phone'
import { problemText } from '~/i18n/problem-text'
import { LinkMethod, type Method } from './LinkMethod'

interface NewNumberFormProps {
  readonly onMade: (id: string) => void
  readonly onClose: () => void
}

/** What the number is called, and how its phone will be linked. */
export function NewNumberForm({ onMade, onClose }: NewNumberFormProps) {
  const { t } = useLingui()
  const [name, setName] = useState('')
  const [method, setMethod] = useState<Method>('scan')
  const [number, setNumber] = useState('')
  const making = useMutation({ mutationFn: addConnection, onSuccess: (made) => onMade(made.id) })
  const codeFor = method === 'type' ? parsePhone(number) : null
  const complete = name.trim() !== '' && (method === 'scan' || codeFor !== null)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (complete) making.mutate({ displayName: name.trim(), ...(codeFor ? { codeFor } : {}) })
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
          helperText={making.isError ? problemText(making.error) : null}
          slotProps={{ htmlInput: { maxLength: 60 }, inputLabel: { required: false } }}
          required
          autoFocus
          fullWidth
        />
        <LinkMethod value={method} onChange={setMethod} />
        {method === 'type' ? (
          <TextField
            label={t`Number of the phone`}
            type="tel"
            value={number}
            onChange={(event) => setNumber(event.target.value)}
            helperText={codeFor ? t`The code will work on ${formatPhone(codeFor)} only.` : t`With its country code, like +55 11 99999-0000.`}
            slotProps={{ htmlInput: { maxLength: 24, autoComplete: 'off' }, inputLabel: { required: false } }}
            required
            fullWidth
          />
        ) : null}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" variant="contained" loading={making.isPending} disabled={!complete}>
          <Trans>Continue</Trans>
        </Button>
      </DialogActions>
    </form>
  )
}
