import { useState } from 'react'
import type { Message } from '~/domain/model'
import { kindText } from '~/i18n/message-text'

/** Screen readers hear the newest received message once; the list itself is silent because virtual rows come and go. */
export function NewestAnnouncement({ message, author }: { readonly message: Message | undefined; readonly author: string }) {
  const [heard, setHeard] = useState(message?.seq ?? 0)
  const [words, setWords] = useState('')
  if (message && message.seq > heard) {
    setHeard(message.seq)
    if (!message.fromMe) setWords(`${author}: ${message.kind === 'text' ? message.text : kindText(message.unsupportedKind)}`)
  }
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {words}
    </p>
  )
}
