// The ten rules in DuckDB, two threads: `node duckdb.mjs load DB CSV_FOLDER`, then `node duckdb.mjs run DB ROUNDS`.
// Prints {"seconds": the median of the rounds behind a first one, "rules": [{rule, hits, villages}]}.
import { readFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'

const [, , what, db, argument] = process.argv
const instance = await DuckDBInstance.create(db, {
  threads: '2',
  ...(what === 'run' ? { access_mode: 'READ_ONLY' } : {}),
})
const connection = await instance.connect()
const statements = (name) =>
  readFileSync(name, 'utf8')
    .replace(/^--.*$/gm, '')
    .split(';')
    .filter((s) => s.trim() !== '')

async function load(folder) {
  for (const statement of statements('tables.sql')) await connection.run(statement)
  for (const table of ['household', 'person', 'household_year'])
    await connection.run(`COPY ${table} FROM '${folder}/${table}.csv' (HEADER)`)
}

async function round(rules) {
  const found = []
  for (const rule of rules) {
    const reader = await connection.runAndReadAll(rule)
    const [id, hits, villages] = reader.getRows()[0]
    found.push({ rule: id, hits: Number(hits), villages: Number(villages) })
  }
  return found
}

async function run(rounds) {
  const rules = statements('ten.sql')
  const times = [], cpus = []
  let found = await round(rules)
  for (let i = 0; i < rounds; i++) {
    const begin = process.hrtime.bigint(), cpu = process.cpuUsage()
    found = await round(rules)
    times.push(Number(process.hrtime.bigint() - begin) / 1e9)
    const used = process.cpuUsage(cpu)
    cpus.push((used.user + used.system) / 1e6)
  }
  const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1]
  console.log(JSON.stringify({ seconds: middle(times), cpu_seconds: middle(cpus), rules: found }))
}

if (what === 'load') await load(argument)
else await run(Number(argument))
