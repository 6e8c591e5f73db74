import './composer.css'
import { Trans, useLingui } from '@lingui/react/macro'
import { Clock3, CloudOff, SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { useDraft } from './useDraft'

const LONGEST = 4096
const COUNT_FROM = 3600

interface ComposerProps {
  readonly ticketId: string
  readonly userId: string
  readonly offline: boolean
  /** The number is not linked right now: what is written waits at the server. */
  readonly waitsForNumber: boolean
  readonly onSend: (text: string) => void
}

export function Composer({ ticketId, userId, offline, waitsForNumber, onSend }: ComposerProps) {
  const { t } = useLingui()
  const area = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useDraft(userId, ticketId)
  const tooLong = text.trim().length > LONGEST

  useEffect(() => {
    // On a phone the keyboard would cover the conversation that was just opened.
    if (matchMedia('(pointer: fine)').matches) area.current?.focus({ preventScroll: true })
  }, [])

  const submit = (): void => {
    const content = text.trim()
    if (!content || tooLong) return
    onSend(content)
    setText('')
    area.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }
  return (
    <form
      className="composer"
      aria-label={t`Write a message`}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <ComposerNote offline={offline} waitsForNumber={waitsForNumber} />
      <div className="composer-row">
        <textarea
          ref={area}
          className="composer-text"
          aria-label={t`Message`}
          placeholder={t`Write a message`}
          rows={1}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          enterKeyHint="send"
          aria-invalid={tooLong}
        />
        <button type="submit" className="composer-send" aria-label={t`Send`} disabled={!text.trim() || tooLong}>
          <SendHorizontal size={20} aria-hidden="true" />
        </button>
      </div>
      <div className="composer-foot">
        <span className="composer-hint">
          <Trans>Enter sends · Shift + Enter starts a new line</Trans>
        </span>
        {text.length >= COUNT_FROM ? (
          <span className={tooLong ? 'composer-count composer-over' : 'composer-count'} role={tooLong ? 'alert' : undefined}>
            {text.trim().length} / {LONGEST}
          </span>
        ) : null}
      </div>
    </form>
  )
}

function ComposerNote({ offline, waitsForNumber }: Pick<ComposerProps, 'offline' | 'waitsForNumber'>) {
  if (offline) {
    return (
      <Note icon={<CloudOff size={16} aria-hidden="true" />}>
        <Trans>You are offline: messages stay in this browser and go out when the connection returns.</Trans>
      </Note>
    )
  }
  if (!waitsForNumber) return null
  return (
    <Note icon={<Clock3 size={16} aria-hidden="true" />}>
      <Trans>Number disconnected — will be sent when it reconnects</Trans>
    </Note>
  )
}

function Note({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <p className="composer-note" role="status">
      {icon}
      <span>{children}</span>
    </p>
  )
}
