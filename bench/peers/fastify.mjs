// fastify 5 + better-sqlite3: `node fastify.mjs DATABASE PORT TOKEN` serves the same rows as honghua from the same database.
import Database from 'better-sqlite3'
import Fastify from 'fastify'

const [, , file, port, token] = process.argv
const db = new Database(file, { readonly: true })
db.pragma('cache_size = -32768')
const columns = ['number', 'name', 'sex', 'ethnic', 'relation', 'education', 'health', 'labour']
const page = db.prepare(`SELECT ${columns.join(', ')} FROM person WHERE county = ? AND village = ? ORDER BY id LIMIT 50`)
const total = db.prepare('SELECT count(*) AS n FROM person WHERE county = ? AND village = ?')
const household = db.prepare('SELECT * FROM household WHERE county = ? AND id = ?')
const hanging = ['person', 'household_year', 'measure'].map((name) =>
  [name, db.prepare(`SELECT * FROM ${name} WHERE county = ? AND household = ? ORDER BY id`)])
const like = db.prepare("SELECT id, name, village FROM person WHERE name LIKE '%' || ? || '%' LIMIT 20")
const plain = (row) => {
  for (const key in row) if (row[key] instanceof Buffer) row[key] = '****'
  return row
}

const server = Fastify()
server.addHook('onRequest', async (request, reply) => {
  if (request.headers.authorization !== `Bearer ${token}`) return reply.code(401).send()
})
server.get('/api/v1/person', (request) => {
  const village = request.query.area
  const county = village.slice(0, 6)
  return { items: page.all(county, village), total: total.get(county, village).n }
})
server.get('/api/v1/household/:id', (request) => {
  const county = request.params.id.slice(0, 6)
  const whole = plain(household.get(county, request.params.id))
  for (const [name, rows] of hanging) whole[name] = rows.all(county, request.params.id).map(plain)
  return whole
})
server.post('/api/v1/person/search', (request) => ({ items: like.all(request.body.text) }))
await server.listen({ port: Number(port), host: '127.0.0.1' })
