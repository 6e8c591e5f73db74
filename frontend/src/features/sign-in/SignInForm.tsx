import './sign-in.css'
import Button from '@mui/material/Button'
import TextField from '@mui/material/TextField'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef } from 'react'
import { signIn } from '~/gen/api'
import type { SignIn } from '~/gen/model/signIn'
import { signedIn } from '~/http/session'
import { problemText } from '~/i18n/problem-text'
import { Logo } from '~/ui/Logo'

/** Both fields are needed, which needs no mark: told to the input alone, or the outline's gap leaves room for a star. */
const NEEDED = { htmlInput: { required: true } } as const

export function SignInForm({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const { t } = useLingui()
  const password = useRef<HTMLInputElement>(null)
  const attempt = useMutation({
    mutationFn: (words: SignIn) => signIn(words),
    onSuccess: (answer) => {
      signedIn(answer)
      onSignedIn()
    },
    onError: () => password.current?.select(),
  })
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    attempt.mutate({ email: textOf(form, 'email').trim(), password: textOf(form, 'password') })
  }
  return (
    <form className="sign-in" onSubmit={submit} aria-labelledby="sign-in-title">
      <Logo size={44} />
      <h1 id="sign-in-title" className="sign-in-title">
        <Trans>Sign in to Recado</Trans>
      </h1>
      <p className="sign-in-text">
        <Trans>Your team’s WhatsApp conversations, in one calm place.</Trans>
      </p>
      {attempt.isError ? (
        <p className="sign-in-error" role="alert">
          {problemText(attempt.error)}
        </p>
      ) : null}
      <TextField name="email" type="email" label={t`E-mail`} autoComplete="username" slotProps={NEEDED} autoFocus fullWidth />
      <TextField
        name="password"
        type="password"
        label={t`Password`}
        autoComplete="current-password"
        slotProps={NEEDED}
        fullWidth
        inputRef={password}
      />
      <Button type="submit" variant="contained" size="large" fullWidth loading={attempt.isPending}>
        <Trans>Sign in</Trans>
      </Button>
    </form>
  )
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field)
  return typeof value === 'string' ? value : ''
}
