/**
 * WhatsApp's marks (*bold* _italic_ ~strike~ ```block``` `code`) and links as a tree of tokens; never HTML.
 *
 * Every character of the text is in exactly one leaf or is a mark that was understood, so nothing a customer wrote can
 * vanish. One pass per nesting level; text longer than the limit is shown plain, so that a hostile message costs nothing.
 */
export type TextToken =
  | { readonly type: 'text' | 'code' | 'block'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string }
  | { readonly type: 'bold' | 'italic' | 'strike'; readonly children: readonly TextToken[] }

const FORMAT_LIMIT = 20_000
const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const
const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+/giu
const TRAILING = /[.,;:!?)\]}*_~…]+$/u
const WORD = /[\p{L}\p{N}]/u

export function parseText(text: string): readonly TextToken[] {
  if (text.length > FORMAT_LIMIT) return [{ type: 'text', text }]
  const tokens: TextToken[] = []
  let rest = 0
  for (const match of text.matchAll(/```([^]+?)```/gu)) {
    tokens.push(...parseCode(text.slice(rest, match.index)), { type: 'block', text: match[1] ?? '' })
    rest = match.index + match[0].length
  }
  return [...tokens, ...parseCode(text.slice(rest))]
}

/** The words alone, for a line in a list. */
export function plainText(text: string): string {
  return parseText(text).map(wordsOf).join('')
}

const wordsOf = (token: TextToken): string => ('children' in token ? token.children.map(wordsOf).join('') : token.text)

function parseCode(text: string): TextToken[] {
  const tokens: TextToken[] = []
  let rest = 0
  for (const match of text.matchAll(/`([^`\n]+)`/gu)) {
    tokens.push(...parseLinks(text.slice(rest, match.index)), { type: 'code', text: match[1] ?? '' })
    rest = match.index + match[0].length
  }
  return [...tokens, ...parseLinks(text.slice(rest))]
}

/** Links first: the underscores of an address are not italics. */
function parseLinks(text: string): TextToken[] {
  const tokens: TextToken[] = []
  let rest = 0
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(TRAILING, '')
    const href = toHref(address)
    if (!href) continue
    tokens.push(...parseMarks(text.slice(rest, match.index)), { type: 'link', text: address, href })
    rest = match.index + address.length
  }
  return [...tokens, ...parseMarks(text.slice(rest))]
}

function toHref(address: string): string | null {
  const candidate = /^https?:/iu.test(address) ? address : `https://${address}`
  const url = URL.parse(candidate)
  return url && (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname ? url.href : null
}

function parseMarks(text: string): TextToken[] {
  const tokens: TextToken[] = []
  let plain = 0
  let at = 0
  const missing = new Set<string>()
  while (at < text.length) {
    const mark = text[at] as string
    const end = isMark(mark) && !missing.has(mark) && opens(text, at) ? closing(text, at, missing) : -1
    if (end < 0) {
      if (mark === '\n') missing.clear()
      at += 1
      continue
    }
    if (at > plain) tokens.push({ type: 'text', text: text.slice(plain, at) })
    tokens.push({ type: MARKS[mark as keyof typeof MARKS], children: parseMarks(text.slice(at + 1, end)) })
    at = end + 1
    plain = at
  }
  if (plain < text.length) tokens.push({ type: 'text', text: text.slice(plain) })
  return tokens
}

const isMark = (character: string): character is keyof typeof MARKS => character in MARKS

function opens(text: string, at: number): boolean {
  const before = text[at - 1]
  const after = text[at + 1]
  return after !== undefined && !/\s/u.test(after) && after !== text[at] && (before === undefined || !WORD.test(before))
}

/** Where the mark closes on the same line; remembers marks that never do, so that a row of them stays cheap. */
function closing(text: string, at: number, missing: Set<string>): number {
  const mark = text[at] as string
  for (let index = at + 2; index < text.length && text[index] !== '\n'; index += 1) {
    if (text[index] !== mark || /\s/u.test(text[index - 1] ?? '')) continue
    const after = text[index + 1]
    if (after === undefined || !(WORD.test(after) || after === mark)) return index
  }
  missing.add(mark)
  return -1
}
