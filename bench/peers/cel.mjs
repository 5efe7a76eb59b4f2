// Nanoseconds of one evaluation, compiled once: `node cel.mjs cel-js|bufbuild`. Prints a line of JSON: the medians of
// seven runs for the expressions and values of cel_bench.c, in its order.
const expressions = [
  'p.age >= 16',
  "size(p.id) == 18 && p.id.startsWith('4116') && p.name != ''",
  'p.members.exists(m, m.age > 60)',
]
const person = (age) => ({ age, name: '张三', id: '411622195905251234' })
const p = { ...person(40n), members: [9n, 12n, 35n, 41n, 70n].map(person) }

async function celJs() {
  const { Environment } = await import('@marcbachmann/cel-js')
  const environment = new Environment().registerVariable('p', 'map')
  return expressions.map((e) => environment.parse(e)).map((f) => () => f({ p }))
}

async function bufbuild() {
  const { celEnv, parse, plan, celMap } = await import('@bufbuild/cel')
  const map = (o) => new Map(Object.entries(o).map(([k, v]) => [k, Array.isArray(v) ? v.map(map) : v]))
  const value = celMap ? celMap(map(p)) : map(p)
  const environment = celEnv()
  return expressions.map((e) => plan(environment, parse(e))).map((f) => () => f({ p: value }))
}

function measure(f, rounds) {
  if (f() !== true) throw new Error(`not true: ${f()}`)
  for (let i = 0; i < rounds; i++) f()
  const times = []
  for (let run = 0; run < 7; run++) {
    const begin = process.hrtime.bigint()
    for (let i = 0; i < rounds; i++) f()
    times.push(Number(process.hrtime.bigint() - begin) / rounds)
  }
  return times.sort((a, b) => a - b)[3]
}

const which = process.argv[2] === 'bufbuild' ? bufbuild : celJs
console.log(JSON.stringify({ nanoseconds: (await which()).map((f) => measure(f, 200000)) }))
