import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'

export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'pt-BR', 'es'],
  catalogs: [{ path: 'src/i18n/locales/{locale}', include: ['src'], exclude: ['src/gen', '**/*.test.*'] }],
  format: formatter({ lineNumbers: false }),
  orderBy: 'message',
})
