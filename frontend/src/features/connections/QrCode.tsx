import { useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { encode } from 'uqr'
import { qrPath } from '~/domain/qr-path'

/** Always dark on white, in the dark theme too: cameras want it so. */
export function QrCode({ text }: { readonly text: string }) {
  const { t } = useLingui()
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: 'L', border: 2 })
    return { size: code.size, path: qrPath(code.data) }
  }, [text])
  return (
    <svg className="qr-code" role="img" aria-label={t`QR code`} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#101413" />
    </svg>
  )
}
