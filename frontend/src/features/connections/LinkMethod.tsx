import { Trans } from '@lingui/react/macro'
import { Keyboard, QrCode } from 'lucide-react'
import type { ReactNode } from 'react'

export type Method = 'scan' | 'type'

interface LinkMethodProps {
  readonly value: Method
  readonly onChange: (method: Method) => void
}

export function LinkMethod({ value, onChange }: LinkMethodProps) {
  const choice = (method: Method, icon: ReactNode, title: ReactNode, hint: ReactNode) => (
    <label className="link-choice">
      <input type="radio" name="link-method" checked={value === method} onChange={() => onChange(method)} />
      <span className="link-icon">{icon}</span>
      <span>
        <span className="link-title">{title}</span>
        <span className="link-hint">{hint}</span>
      </span>
    </label>
  )
  return (
    <fieldset className="link-method">
      <legend>
        <Trans>How will you link the phone?</Trans>
      </legend>
      {choice('scan', <QrCode size={20} aria-hidden="true" />, <Trans>Scan a QR code</Trans>, <Trans>The phone is in your hand.</Trans>)}
      {choice('type', <Keyboard size={20} aria-hidden="true" />, <Trans>Type a code on the phone</Trans>, <Trans>The phone is elsewhere, or its camera does not work.</Trans>)}
    </fieldset>
  )
}
