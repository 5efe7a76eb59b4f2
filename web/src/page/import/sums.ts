/* Sums and groups of what an import answers. */
import type { Imported, Problem } from '@/api/types'

export interface Sums {
  rows: number
  inserted: number
  updated: number
  unchanged: number
  rejected: number
}
export function sumUp(sheets: Imported['sheets']): Sums {
  const out: Sums = { rows: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0 }
  for (const s of sheets) for (const k of Object.keys(out) as (keyof Sums)[]) out[k] += s[k] ?? 0
  return out
}
export interface Cause {
  key: string
  level: Problem['level']
  code: string
  field: string | null
  entity: string | null
  problems: Problem[]
}
/* Problems by cause: the same code at the same field of the same register; errors first, then by number. */
export function byCause(problems: Problem[], entityOf: (p: Problem) => string | null = () => null): Cause[] {
  const found = new Map<string, Cause>()
  for (const p of problems) {
    const entity = entityOf(p)
    const key = [p.level, p.code, entity ?? '', p.field ?? ''].join('|')
    const one = found.get(key) ?? { key, level: p.level, code: p.code, field: p.field, entity, problems: [] }
    one.problems.push(p)
    found.set(key, one)
  }
  return [...found.values()].sort((a, b) => (a.level === b.level ? b.problems.length - a.problems.length : a.level === 'error' ? -1 : 1))
}
