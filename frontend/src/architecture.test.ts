/** The rules of the folders: imports go one way, features do not know each other, catalogues are complete. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCE = import.meta.dirname
const LAYERS = ['app', 'routes', 'features', 'realtime', 'data', 'ui', 'i18n', 'http', 'gen', 'domain'] as const
type Layer = (typeof LAYERS)[number]

/** What each folder may import, besides itself. */
const MAY_IMPORT: Record<Layer, readonly Layer[]> = {
  app: ['routes', 'data', 'ui', 'i18n', 'domain'],
  routes: ['features', 'realtime', 'data', 'ui', 'i18n', 'http', 'gen', 'domain'],
  features: ['realtime', 'data', 'ui', 'i18n', 'http', 'gen', 'domain'],
  realtime: ['data', 'http', 'gen', 'domain'],
  data: ['http', 'gen', 'domain'],
  ui: ['i18n', 'domain'],
  i18n: ['http', 'domain'],
  http: ['gen', 'domain'],
  gen: ['http'],
  domain: ['gen'],
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/u.test(file) && !/\.test\.|\.gen\.|\.d\.ts$/u.test(file) && file.includes(sep) && !file.startsWith('testing'),
)

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8')
  const targets = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/gu)].map((match) => match[1] ?? '')
  return targets.flatMap((target) => {
    if (target.startsWith('~/')) return [target.slice(2)]
    return target.startsWith('.') ? [relative(SOURCE, join(SOURCE, dirname(file), target))] : []
  })
}

const top = (path: string): string => path.split(/[\\/]/u)[0] ?? ''

describe('imports', () => {
  it.each(LAYERS)('of %s go downwards only', (layer) => {
    const allowed = new Set<string>([layer, 'styles', ...MAY_IMPORT[layer]])
    const wrong = files
      .filter((file) => top(file) === layer)
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ target }) => target.includes('/') && !allowed.has(top(target)))
    expect(wrong).toEqual([])
  })

  it('never cross from one feature into another', () => {
    const feature = (path: string): string => path.split(/[\\/]/u)[1] ?? ''
    const wrong = files
      .filter((file) => top(file) === 'features')
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ file, target }) => top(target) === 'features' && feature(target) !== feature(file))
    expect(wrong).toEqual([])
  })

  it('never bring React into the domain', () => {
    const wrong = files.filter((file) => top(file) === 'domain' && /from '(react|@tanstack|@mui|zustand)/u.test(readFileSync(join(SOURCE, file), 'utf8')))
    expect(wrong).toEqual([])
  })
})

describe('catalogues', () => {
  it.each(['pt-BR', 'es'])('%s has a translation for everything', (locale) => {
    const catalogue = readFileSync(join(SOURCE, 'i18n', 'locales', `${locale}.po`), 'utf8')
    const untranslated = catalogue.split('\n\n').slice(1).filter((entry) => /^msgstr ""$/mu.test(entry) && !/^msgstr ""\n"/mu.test(entry))
    expect(untranslated).toEqual([])
  })
})
