/* What a form holds, apart from any page: typed texts, what changed, what two people changed at once. */
import type { Entity, Field, Finding, Row, Value } from '@/api/types'

export type Typed = Record<string, string>

/* A value as a form shows it. Masked values are never put into a field: one types a whole new number or nothing. */
export function typed(v: Value | undefined): string {
  if (v === null || v === undefined) return ''
  if (typeof v === 'boolean') return v ? 'true' : 'false'
  if (Array.isArray(v)) return v.join('、')
  return String(v)
}
export const masked = (v: Value | undefined): boolean => typeof v === 'string' && v.includes('*')

/* What is sent: yes and no as such, what was emptied as null, all else as it was typed; the server reads it. */
export function sent(f: Field, text: string): Value {
  const t = text.trim()
  if (t === '') return null
  if (f.type === 'bool') return t === 'true'
  return t
}
export function changesOf(e: Entity, before: Row, now: Typed): Row {
  const out: Row = {}
  for (const f of e.fields) {
    if (!(f.id in now)) continue
    const was = masked(before[f.id]) ? '' : typed(before[f.id])
    if ((now[f.id] ?? '').trim() !== was) out[f.id] = sent(f, now[f.id] ?? '')
  }
  return out
}

export interface Clash {
  field: Field
  before: Value | undefined
  theirs: Value | undefined
  mine: Value
}
export interface Merge {
  clashes: Clash[] // both changed it, to different values: a person decides
  theirs: Field[] // only the other changed it: it stays
}
export function merge(e: Entity, before: Row, present: Row, mine: Row): Merge {
  const out: Merge = { clashes: [], theirs: [] }
  for (const f of e.fields) {
    if (f.derived_from || typed(before[f.id]) === typed(present[f.id])) continue
    if (!(f.id in mine)) out.theirs.push(f)
    else if (typed(mine[f.id]) !== typed(present[f.id])) out.clashes.push({ field: f, before: before[f.id], theirs: present[f.id], mine: mine[f.id] ?? null })
  }
  return out
}

/* The field that a finding stands at: what the rule saw, first what was just changed. */
export function fieldOf(e: Entity, f: Finding, changed: Row): string | null {
  const seen = [...(f.fields ?? []), ...Object.keys(f.values)].filter((id) => e.fields.some((x) => x.id === id && !x.derived_from))
  return seen.find((id) => id in changed) ?? seen.find((id) => !/name|^year$/.test(id)) ?? seen[0] ?? null
}

/* An 18-digit certificate number says when one was born, and whether one is male. */
export function fromCertificate(number: string): { birth: string; sex: string } | null {
  const m = /^\d{6}(\d{4})(\d{2})(\d{2})\d{2}(\d)[\dXx]$/.exec(number.trim())
  if (!m) return null
  const birth = `${m[1]}-${m[2]}-${m[3]}`
  const day = new Date(birth + 'T00:00:00Z')
  if (isNaN(+day) || day.toISOString().slice(0, 10) !== birth) return null
  return { birth, sex: Number(m[4]) % 2 ? '男' : '女' }
}
