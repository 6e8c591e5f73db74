import { memo, type ReactNode } from 'react'
import { parseText, type TextToken } from '~/domain/whatsapp-text'

/** A customer's text as React nodes: what they wrote is never HTML. */
export const MessageText = memo(function MessageText({ text }: { readonly text: string }) {
  const tokens = parseText(text)
  return <p className="bubble-text">{tokens.map((token, index) => renderToken(afterBlock(token, tokens[index - 1]), index))}</p>
})

/** A block ends its own line: the line break that follows it would be an empty one. */
function afterBlock(token: TextToken, previous: TextToken | undefined): TextToken {
  if (previous?.type !== 'block' || token.type !== 'text' || !token.text.startsWith('\n')) return token
  return { ...token, text: token.text.slice(1) }
}

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
