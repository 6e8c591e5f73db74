import Button from '@mui/material/Button'
import { Trans, useLingui } from '@lingui/react/macro'
import { Copy, RefreshCw } from 'lucide-react'
import type { QrView } from '~/gen/model/qrView'
import { copyCode } from './copy-code'
import { QrCode } from './QrCode'
import { useSecondsLeft } from './useSecondsLeft'

/** The code, how long it lives, and its text for phones that cannot point a camera at this screen. */
export function ScannedCodeView({ code }: { readonly code: QrView }) {
  const { t } = useLingui()
  const seconds = useSecondsLeft(code.expiresAt)
  return (
    <div className="pairing-code">
      <div className={seconds === 0 ? 'qr-frame qr-stale' : 'qr-frame'}>
        <QrCode text={code.text} />
        {seconds === 0 ? (
          <span className="qr-renewing">
            <RefreshCw size={22} aria-hidden="true" />
          </span>
        ) : null}
      </div>
      <div className="pairing-side">
        <ol className="pairing-steps">
          <li>
            <Trans>Open WhatsApp on the phone with this number.</Trans>
          </li>
          <li>
            <Trans>Tap Settings, then Linked devices.</Trans>
          </li>
          <li>
            <Trans>Tap Link a device and point the camera here.</Trans>
          </li>
        </ol>
        <p className="pairing-left" role="timer">
          {seconds > 0 ? <Trans>New code in {seconds} s</Trans> : <Trans>Bringing a new code…</Trans>}
        </p>
        <div className="pairing-text">
          <input
            className="pairing-input"
            aria-label={t`Text of the code`}
            readOnly
            value={code.text}
            onFocus={(event) => event.currentTarget.select()}
          />
          <Button variant="outlined" size="small" startIcon={<Copy size={15} aria-hidden="true" />} onClick={() => copyCode(code.text)}>
            <Trans>Copy code</Trans>
          </Button>
        </div>
      </div>
    </div>
  )
}
