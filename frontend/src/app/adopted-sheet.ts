/**
 * Where Emotion (under MUI) puts its rules: a constructed style sheet instead of `<style>` elements, so that the content
 * security policy can forbid inline styles without a nonce in a page that is a static file.
 */
import createCache, { type EmotionCache } from '@emotion/cache'

interface SheetOptions {
  readonly key: string
}

class AdoptedSheet {
  readonly key: string
  readonly tags: HTMLStyleElement[] = []
  before: Element | null = null
  private readonly rules = new CSSStyleSheet()

  constructor({ key }: SheetOptions) {
    this.key = key
    document.adoptedStyleSheets.push(this.rules)
  }

  insert(rule: string): void {
    try {
      this.rules.insertRule(rule, this.rules.cssRules.length)
    } catch {
      // A selector for another browser's pseudo element: not for us.
    }
  }

  flush(): void {
    this.rules.replaceSync('')
  }

  hydrate(): void {
    // Nothing was rendered on a server.
  }
}

export function createStyleCache(): EmotionCache {
  const cache = createCache({ key: 'mui' })
  cache.sheet = new AdoptedSheet({ key: 'mui' }) as unknown as EmotionCache['sheet']
  return cache
}
