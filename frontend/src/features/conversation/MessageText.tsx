import { memo, type ReactNode } from 'react'
import { parseText, type TextToken } from '~/domain/whatsapp-text'

/** A customer's text as React nodes: what they wrote is never HTML. */
export const MessageText = memo(function MessageText({ text }: { readonly text: string }) {
  return <p className="bubble-text">{parseText(text).map(renderToken)}</p>
})

function renderToken(token: TextToken, key: number): ReactNode {
  switch (token.type) {
    case 'text':
      return token.text
    case 'code':
      return <code key={key}>{token.text}</code>
    case 'block':
      return (
        <code key={key} className="bubble-block">
          {token.text}
        </code>
      )
    case 'link':
      return (
        <a key={key} href={token.href} target="_blank" rel="noopener noreferrer nofollow">
          {token.text}
        </a>
      )
    case 'bold':
      return <strong key={key}>{token.children.map(renderToken)}</strong>
    case 'italic':
      return <em key={key}>{token.children.map(renderToken)}</em>
    case 'strike':
      return <s key={key}>{token.children.map(renderToken)}</s>
  }
}
