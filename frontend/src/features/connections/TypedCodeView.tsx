import Button from '@mui/material/Button'
import { Trans, useLingui } from '@lingui/react/macro'
import { Copy } from 'lucide-react'
import { formatPhone } from '~/domain/phone'
import type { PairingCodeView as TypedCode } from '~/gen/model/pairingCodeView'
import { copyCode } from './copy-code'
import { useSecondsLeft } from './useSecondsLeft'

interface TypedCodeViewProps {
  readonly code: TypedCode
  /** The only phone that the code counts on. */
  readonly phone: string | null
}

/** Eight letters to type on the phone, for numbers whose phone is not at hand or has no camera. */
export function TypedCodeView({ code, phone }: TypedCodeViewProps) {
  const { t } = useLingui()
  const seconds = useSecondsLeft(code.expiresAt)
  return (
    <div className="typed-code">
      <ol className="pairing-steps">
        <li>
          <Trans>Open WhatsApp on the phone with the number {formatPhone(phone)}.</Trans>
        </li>
        <li>
          <Trans>Tap Settings, then Linked devices, then Link a device.</Trans>
        </li>
        <li>
          <Trans>Tap “Link with phone number instead” and type this code:</Trans>
        </li>
      </ol>
      <output className={seconds === 0 ? 'typed-letters typed-stale' : 'typed-letters'} aria-label={t`Code to type on the phone`}>
        {code.text}
      </output>
      <div className="typed-foot">
        <p className="pairing-left" role="timer">
          {seconds > 0 ? <Trans>New code in {seconds} s</Trans> : <Trans>Bringing a new code…</Trans>}
        </p>
        <Button variant="outlined" size="small" startIcon={<Copy size={15} aria-hidden="true" />} onClick={() => copyCode(code.text)}>
          <Trans>Copy code</Trans>
        </Button>
      </div>
    </div>
  )
}
