import { Trans, useLingui } from '@lingui/react/macro'
import { FileQuestionMark, LockKeyhole, Smartphone } from 'lucide-react'
import { memo } from 'react'
import type { Bubble } from '~/domain/timeline'
import { clockTime, fullTime } from '~/i18n/format'
import { failureText, kindText, messageStateText } from '~/i18n/message-text'
import { StateMark } from '~/ui/StateMark'
import { MessageText } from './MessageText'

export interface BubbleActions {
  /** Sends the content again as a new message; local entries are replaced by it. */
  readonly onResend: (bubble: Bubble) => void
  /** Gives up on a message that never left this browser. */
  readonly onDiscard: (bubble: Bubble) => void
}

interface BubbleRowProps extends BubbleActions {
  readonly bubble: Bubble
  readonly starts: boolean
  readonly author: string
  /** It was already sent again from here: once is enough. */
  readonly resent: boolean
}

export const BubbleRow = memo(function BubbleRow({ bubble, starts, author, resent, onResend, onDiscard }: BubbleRowProps) {
  const label = bubble.fromMe
    ? `${author}, ${clockTime(bubble.at)}, ${messageStateText(bubble.state)}`
    : `${author}, ${clockTime(bubble.at)}`
  return (
    <article
      className={`bubble-row ${bubble.fromMe ? 'bubble-out' : 'bubble-in'}${starts ? ' bubble-starts' : ''}`}
      aria-label={label}
      data-message={bubble.id}
      data-state={bubble.state}
    >
      <div className="bubble">
        {starts && bubble.fromMe ? <Author bubble={bubble} author={author} /> : null}
        <BubbleBody bubble={bubble} />
        <span className="bubble-meta">
          <time dateTime={bubble.at} title={fullTime(bubble.at)}>
            {clockTime(bubble.at)}
          </time>
          {bubble.fromMe ? <StateMark state={bubble.state} /> : null}
        </span>
      </div>
      <Trouble bubble={bubble} resent={resent} onResend={onResend} onDiscard={onDiscard} />
    </article>
  )
})

function Author({ bubble, author }: { readonly bubble: Bubble; readonly author: string }) {
  const fromPhone = bubble.origin === 'phone'
  return (
    <span className="bubble-author">
      {fromPhone ? <Smartphone size={12} aria-hidden="true" /> : null}
      {author}
    </span>
  )
}

function BubbleBody({ bubble }: { readonly bubble: Bubble }) {
  switch (bubble.kind) {
    case 'text':
      return (
        <>
          <MessageText text={bubble.text} />
          <span className="bubble-room" data-time={clockTime(bubble.at)} />
        </>
      )
    case 'unsupported':
      return (
        <p className="bubble-placeholder">
          <FileQuestionMark size={18} aria-hidden="true" />
          <span>
            <strong>{kindText(bubble.unsupportedKind)}</strong>
            <br />
            <Trans>Open it on the phone; Recado does not show this kind yet.</Trans>
          </span>
        </p>
      )
    case 'undecryptable':
      return (
        <p className="bubble-placeholder">
          <LockKeyhole size={18} aria-hidden="true" />
          <Trans>Waiting for this message. It appears here as soon as WhatsApp delivers its key.</Trans>
        </p>
      )
  }
}

/** What went wrong, in words, and what can be done about it. */
function Trouble({ bubble, resent, onResend, onDiscard }: BubbleActions & { readonly bubble: Bubble; readonly resent: boolean }) {
  const { t } = useLingui()
  if (!bubble.fromMe || resent) return null
  const again = (label: string) => (
    <button type="button" className="bubble-action" onClick={() => onResend(bubble)}>
      {label}
    </button>
  )
  const drop = (
    <button type="button" className="bubble-action" onClick={() => onDiscard(bubble)}>
      <Trans>Discard</Trans>
    </button>
  )
  switch (bubble.state) {
    case 'refused':
      return (
        <p className="bubble-trouble bubble-failed">
          {failureText(bubble.reason)} {again(t`Try again`)} {drop}
        </p>
      )
    case 'failed':
      return (
        <p className="bubble-trouble bubble-failed">
          {failureText(bubble.reason)} {again(t`Try again`)}
        </p>
      )
    case 'unknown':
      return (
        <p className="bubble-trouble">
          <Trans>It left, but WhatsApp never confirmed it. The customer may have it already.</Trans> {again(t`Send again`)}
        </p>
      )
    case 'queued-local':
      return (
        <p className="bubble-trouble">
          <Trans>Waiting for the connection.</Trans> {drop}
        </p>
      )
    default:
      return null
  }
}
