// What a browser downloads before the first conversation is on screen: the entry, the inbox routes and the default
// catalogue with all their static imports, found in the manifest of the build.
import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('./dist/.vite/manifest.json', import.meta.url), 'utf8'))
const files = new Set()

function follow(key) {
  const chunk = manifest[key]
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const imported of chunk.imports ?? []) follow(imported)
}

const needed = (key) => key === 'index.html' || key.endsWith('locales/pt-BR.po') || /routes\/_app(\.inbox.*)?\.tsx/.test(key)

for (const key of Object.keys(manifest).filter(needed)) follow(key)

export default [
  {
    name: 'first JavaScript of the inbox with a conversation',
    path: [...files].map((file) => `dist/${file}`),
    gzip: true,
    limit: '240 kB',
  },
]
