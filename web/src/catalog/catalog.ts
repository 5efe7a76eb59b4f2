/* The pack's entities and fields as the server names them. Labels, codes and columns come from here alone. */
import { shallowRef } from 'vue'
import { get } from '@/api/client'
import type { Catalogue, Entity, Field, Label, Row, Value } from '@/api/types'

const loaded = shallowRef<Map<string, Entity>>(new Map())
let waiting: Promise<void> | null = null

export function loadCatalogue(): Promise<void> {
  waiting ??= get<Catalogue>('catalog').then(
    (c) => void (loaded.value = new Map(c.entities.map((e) => [e.id, e]))),
    (e: unknown) => {
      waiting = null
      throw e
    }
  )
  return waiting
}
export function forgetCatalogue(): void {
  waiting = null
  loaded.value = new Map()
}
export const entities = (): Entity[] => [...loaded.value.values()]
export const entity = (id: string): Entity | undefined => loaded.value.get(id)
export const field = (e: string, id: string): Field | undefined => entity(e)?.fields.find((f) => f.id === id)

/* The key as routes write it. An event's key has parts that may be missing. */
export const keyOf = (e: Entity, row: Row): string =>
  typeof row.id === 'string' ? row.id : e.key.map((k) => row[k] ?? '').join(',')

/* What a filter may name: masked fields are refused by the server, computed ones are not offered. */
export const filterable = (f: Field): boolean => f.class !== 'sensitive' && !f.derived_from
export const ranged = (f: Field): boolean => ['int', 'decimal', 'money', 'date', 'year'].includes(f.type)
export const numeric = (f: Field): boolean => ['int', 'decimal', 'money'].includes(f.type)

export const pick = (l: Label | undefined, lang: string): string => (lang === 'en' ? l?.en : l?.zh) ?? ''

/* A code is told by its Chinese label; in English its other label stands for it. */
export function codeText(f: Field, value: string, lang: string): string {
  if (lang !== 'en' || !f.codes) return value
  return f.codes.find((c) => c.label.zh === value || c.code === value)?.label.en ?? value
}

export function plain(f: Field | undefined, value: Value | undefined, lang: string): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return lang === 'en' ? (value ? 'yes' : 'no') : value ? '是' : '否'
  if (Array.isArray(value)) return value.map((v) => (f ? codeText(f, v, lang) : v)).join(lang === 'en' ? ', ' : '、')
  if (f?.type === 'money') return money(String(value))
  if (f && (f.type === 'code' || f.type === 'codes')) return codeText(f, String(value), lang)
  return String(value)
}

/* "1262000.00" -> "1,262,000.00": money is never turned into a binary fraction. */
export function money(digits: string): string {
  const m = /^(-?)(\d+)(\.\d+)?$/.exec(digits)
  if (!m) return digits
  return m[1] + (m[2] ?? '').replace(/\B(?=(\d{3})+$)/g, ',') + (m[3] ?? '')
}
export const count = (n: number): string => money(String(n))

/* Fields that open a list: what is filled, in the pack's order, without masked numbers. */
export const COLUMNS_MAX = 12
export function usualColumns(e: Entity, rows: Row[]): string[] {
  const shown = e.fields.filter((f) => !f.derived_from && f.class !== 'sensitive' && !['county', 'town'].includes(f.id))
  const filled = shown.filter((f) => rows.length === 0 || rows.some((r) => r[f.id] !== null && r[f.id] !== undefined))
  const twice = filled.some((f) => f.id === 'village_name')
  return filled.filter((f) => !(twice && f.type === 'village')).slice(0, COLUMNS_MAX).map((f) => f.id)
}
