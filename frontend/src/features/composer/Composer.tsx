import './composer.css'
import { Trans, useLingui } from '@lingui/react/macro'
import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { ComposerNote, type ComposerNoteProps } from './ComposerNote'
import { useDraft } from './useDraft'

const LONGEST = 4096
const COUNT_FROM = 3600

interface ComposerProps extends ComposerNoteProps {
  readonly ticketId: string
  readonly userId: string
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
    if (event.key === 'Escape') event.currentTarget.blur()
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
      <ComposerFoot length={text.trim().length} tooLong={tooLong} />
    </form>
  )
}

function ComposerFoot({ length, tooLong }: { readonly length: number; readonly tooLong: boolean }) {
  return (
    <div className="composer-foot">
      <span className="composer-hint">
        <Trans>Enter sends · Shift + Enter starts a new line</Trans>
      </span>
      {length >= COUNT_FROM ? (
        <span className={tooLong ? 'composer-count composer-over' : 'composer-count'} role={tooLong ? 'alert' : undefined}>
          {length} / {LONGEST}
        </span>
      ) : null}
    </div>
  )
}
