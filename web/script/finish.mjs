// Lays X.gz beside each file X that shrinks (the server sends it to whoever takes it), and holds the built pages
// to their budget: what the first load needs, compressed, is at most 200 KB.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const FIRST_LOAD_MAX = 200 * 1024
const LATER_PAGE_MAX = 80 * 1024
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

for (const f of readdirSync(dist, { recursive: true }).filter((f) => /\.(js|css|html|svg)$/.test(f))) {
  const whole = readFileSync(new URL(f, dist))
  const small = gzipSync(whole, { level: 9 })
  if (small.length < whole.length * 0.9) writeFileSync(new URL(f + '.gz', dist), small)
}

const packed = new Map()
const size = (file) => {
  if (!packed.has(file)) packed.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length)
  return packed.get(file)
}
const files = (key, seen = new Set(), keys = new Set()) => {
  if (keys.has(key)) return seen
  keys.add(key)
  const chunk = manifest[key]
  for (const f of [chunk.file, ...(chunk.css ?? [])]) seen.add(f)
  for (const k of chunk.imports ?? []) files(k, seen, keys)
  return seen
}
const sum = (set) => [...set].reduce((n, f) => n + size(f), 0)
const kb = (n) => (n / 1024).toFixed(1).padStart(7) + ' KB'

rmSync(new URL('.vite', dist), { recursive: true }) // the build's own list is no page

const entry = Object.keys(manifest).find((k) => manifest[k].isEntry)
const shared = files(entry)
const first = new Set(shared)
let worst = sum(first)
let bad = false
console.log(`${kb(worst)}  entry`)
for (const key of Object.keys(manifest).filter((k) => manifest[k].isDynamicEntry)) {
  const more = sum(new Set([...files(key)].filter((f) => !shared.has(f))))
  console.log(`${kb(more)}  ${key}`)
  bad ||= more > LATER_PAGE_MAX
  if (/page\/(login|home)\//.test(key)) worst = Math.max(worst, sum(shared) + more)
}
console.log(`${kb(worst)}  first load, at most ${FIRST_LOAD_MAX / 1024} KB`)
if (bad || worst > FIRST_LOAD_MAX) {
  console.error('The pages are too large: see the list above.')
  process.exit(1)
}
