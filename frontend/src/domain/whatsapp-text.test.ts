import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseText, plainText, type TextToken } from './whatsapp-text'

/** The text that was parsed, written again with its marks. */
function write(tokens: readonly TextToken[]): string {
  return tokens.map(writeOne).join('')
}

function writeOne(token: TextToken): string {
  switch (token.type) {
    case 'bold':
      return `*${write(token.children)}*`
    case 'italic':
      return `_${write(token.children)}_`
    case 'strike':
      return `~${write(token.children)}~`
    case 'code':
      return `\`${token.text}\``
    case 'block':
      return `\`\`\`${token.text}\`\`\``
    default:
      return token.text
  }
}

const text = (words: string): TextToken => ({ type: 'text', text: words })

describe('parseText', () => {
  it('loses nothing of any text', () => {
    const nasty = fc.array(fc.constantFrom('*', '_', '~', '`', '```', ' ', '\n', 'a', 'é', '😊', 'https://a.b/c_d', 'www.x.y', '<b>', '(', ')', '.'))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), nasty.map((parts) => parts.join(''))), (any) => {
        expect(write(parseText(any))).toBe(any)
      }),
      { numRuns: 3_000 },
    )
  })

  it('only makes links that a browser may follow', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        const links = parseText(`veja ${url} agora`).filter((token) => token.type === 'link')
        for (const { href } of links) expect(href).toMatch(/^https?:\/\//u)
      }),
    )
    expect(parseText('javascript:alert(1)')).toEqual([text('javascript:alert(1)')])
  })

  it.each<[string, readonly TextToken[]]>([
    ['*oi*', [{ type: 'bold', children: [text('oi')] }]],
    ['_oi_', [{ type: 'italic', children: [text('oi')] }]],
    ['~oi~', [{ type: 'strike', children: [text('oi')] }]],
    ['*_oi_*', [{ type: 'bold', children: [{ type: 'italic', children: [text('oi')] }] }]],
    ['`x*y*`', [{ type: 'code', text: 'x*y*' }]],
    ['```a\n*b*```', [{ type: 'block', text: 'a\n*b*' }]],
    ['2*3*4', [text('2*3*4')]],
    ['* lista *', [text('* lista *')]],
    ['*a\nb*', [text('*a\nb*')]],
    ['snake_case_name', [text('snake_case_name')]],
    ['**', [text('**')]],
  ])('%s', (source, expected) => {
    expect(parseText(source)).toEqual(expected)
  })

  it('leaves punctuation outside of a link, and underscores inside', () => {
    expect(parseText('(https://a.com/b_c_d).')).toEqual([
      text('('),
      { type: 'link', text: 'https://a.com/b_c_d', href: 'https://a.com/b_c_d' },
      text(').'),
    ])
  })

  it.each(['*a '.repeat(6_000), '*_~'.repeat(6_000), '*a* '.repeat(4_500), '`'.repeat(19_999), 'https://'.repeat(2_400), '*'.repeat(500_000)])(
    'reads a hostile text in a moment',
    (hostile) => {
      const start = performance.now()
      parseText(hostile)
      expect(performance.now() - start).toBeLessThan(1_000)
    },
  )
})

it('gives the words without marks for a line in a list', () => {
  expect(plainText('*Oi* _você_, veja `isto`')).toBe('Oi você, veja isto')
})
