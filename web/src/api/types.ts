/* The shapes of contract.md, as far as the pages read them. */
export type Value = string | number | boolean | null | string[]
export type Row = Record<string, Value | undefined>
export type Label = { zh: string; en: string }

export interface Field {
  id: string
  label: Label
  type: 'text' | 'identifier' | 'code' | 'codes' | 'bool' | 'int' | 'decimal' | 'money' | 'date' | 'year' | 'ref' | 'village'
  unit: string | null
  class: 'public' | 'office' | 'personal' | 'sensitive'
  codes?: { code: string; label: Label }[]
  entity?: string
  derived_from?: string
}
export interface Entity {
  id: string
  label: Label
  kind: 'thing' | 'yearly' | 'event' | 'tenure'
  key: string[]
  parent: string | null
  fields: Field[]
}
export interface Catalogue {
  entities: Entity[]
}
export interface Page<T = Row> {
  items: T[]
  next: string | null
  total: number
}
export interface Finding {
  id: string
  rule: string
  v: string[]
  level: 'error' | 'warning'
  village: string
  household: string | null
  person: string | null
  year: number | null
  values: Record<string, Value>
  message: string
  fields?: string[]
  state?: 'open' | 'explained' | 'gone'
  as_of?: string
  first_seen?: string
  reason?: string | null
  explained_by?: string | null
}
export interface Graded {
  household: string
  grade: string
  reasons: string[]
  village: string
  since?: string
  visit_months?: number
  next_review?: string
}
export interface Grades {
  as_of: string
  counts: Record<string, number>
  households: Graded[]
}
export interface Change {
  field: string
  old: Value
  new: Value
}
export interface Entry {
  id: string
  at: string
  by: string
  why: string | null
  entity: string
  record: string
  changes: Change[]
}
export interface Rule {
  id: string
  v: string[]
  title: string
  level: 'error' | 'warning'
  version: string
  when?: string
  source?: string | null
}
export interface Policy {
  policy: string
  digest: string
  loaded: string
  label?: Label
  rules: Rule[]
  grades: { id: string; label: string; visit_months: number; reasons: { id: string; label: string; when?: string }[] }[]
  indicators: string[]
}
export interface IndicatorOf {
  id: string
  label: string
  unit: string | null
  rows: string
}
export interface Indicator extends IndicatorOf {
  value: number | string | null
  as_of: string
  by?: { key: string; label?: string; value: number | string | null }[]
  members?: string[]
}
export interface Problem {
  level: 'error' | 'note'
  file: string
  sheet: string
  row: number | null
  column: string | null
  field: string | null
  code: string
  value: string | null
  message: string
}
export interface Imported {
  batch: string | null
  dry_run: boolean
  sheets: {
    file: string
    sheet: string
    entity: string | null
    as_of: string | null
    rows: number
    inserted: number
    updated: number
    unchanged: number
    rejected: number
  }[]
  problems: Problem[]
}
export interface Job<T = unknown> {
  id: string
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  operation?: string
  progress: number | { stage?: string; done?: number; total?: number } | null
  result: T | null
  problem: ProblemDocument | null
  begun?: string | null
  ended?: string | null
}
export interface ProblemDocument {
  type: string
  title: string
  status: number
  detail: string
  next: string
  errors?: { field: string; type: string; detail: string; next: string }[]
  record?: Row
}
export interface Me {
  account: string
  roles: { id: string; label: string }[]
  areas: { code: string; name: string | null }[]
  may: string[] // names of operations
  reads: string[] // entities
  writes: string[]
}
