// Writes a .gz and a .br beside every text file of a folder, once and at the highest level, so that nginx compresses
// nothing while people wait. Keeps each file's time: the entity tags of all copies are made of it.
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const TEXT = new Set(['.css', '.html', '.js', '.json', '.map', '.svg', '.txt', '.webmanifest'])
const SMALLEST = 512 // below it, the header that says "compressed" eats what was saved

for (const name of readdirSync(process.argv[2], { recursive: true })) {
  const file = join(process.argv[2], name)
  const { size, mtime, atime } = statSync(file)
  if (!TEXT.has(extname(file)) || size < SMALLEST) continue
  const content = readFileSync(file)
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: size } }
  for (const [ending, smaller] of [['.gz', gzipSync(content, { level: 9 })], ['.br', brotliCompressSync(content, brotli)]]) {
    writeFileSync(file + ending, smaller)
    utimesSync(file + ending, atime, mtime)
  }
}
