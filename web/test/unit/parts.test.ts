import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import en from '../../src/locale/en.json'
import zh from '../../src/locale/zh.json'
import { money, plain, usualColumns } from '../../src/catalog/catalog'
import type { Entity, Field } from '../../src/api/types'
import { divided, fen, sumOf, yuan } from '../../src/page/household/arithmetic'
import { byCause, sumUp } from '../../src/page/import/sums'
import { figuresOf } from '../../src/page/report/figures'
import { Chunks, CHUNK } from '../../src/use/chunks'
import { changesOf, fieldOf, fromCertificate, merge } from '../../src/use/edit'
import { byField, filtersOf, without } from '../../src/use/filters'
import { asCells } from '../../src/use/usePicked'
import { ROWS_MAX, SPACE_MAX, scrollTo, viewOf } from '../../src/use/window'

const field = (id: string, type: Field['type'] = 'text', more: Partial<Field> = {}): Field => ({ id, label: { zh: id, en: id }, type, unit: null, class: 'office', ...more })
const home: Entity = { id: 'household', label: { zh: '户', en: 'Household' }, kind: 'thing', key: ['number'], parent: null, fields: [field('number', 'identifier'), field('area', 'decimal'), field('phone', 'identifier', { class: 'sensitive' }), field('safe', 'bool')] }

describe('a long table', () => {
  test.each([0, 1, 59, 100_000, 2_000_000])('of %d rows has at most 60 of them in the page', (total) => {
    const space = Math.min(total * 34, SPACE_MAX)
    for (const top of [0, space / 3, space]) {
      const v = viewOf(total, 34, top, 600)
      expect(v.last - v.first).toBeLessThanOrEqual(ROWS_MAX)
      expect(v.last).toBeLessThanOrEqual(total)
    }
  })
  test('ends at its last row, scaled or not', () => {
    for (const total of [100_000, 2_000_000]) expect(viewOf(total, 34, Math.min(total * 34, SPACE_MAX), 600).last).toBe(total)
  })
  test('goes to the row that was asked for', () => {
    for (const i of [0, 77, 1_500_000]) {
      const v = viewOf(2_000_000, 34, scrollTo(i, 2_000_000, 34, 600), 600)
      expect(v.first).toBeLessThanOrEqual(i)
      expect(v.last).toBeGreaterThan(i)
    }
  })
})
describe('rows by position', () => {
  test('are fetched once, and only where one looks', async () => {
    const asked: number[] = []
    const c = new Chunks<number>((offset) => (asked.push(offset), Promise.resolve({ items: Array.from({ length: CHUNK }, (_, i) => offset + i), total: 1000 })), () => undefined, (e) => { throw e })
    await c.need(0, 1)
    await c.need(500, 530)
    await c.need(500, 530)
    expect(asked).toEqual([0, 480])
    expect(c.at(505)).toBe(505)
    expect(c.at(300)).toBeUndefined()
  })
  test('that come after a new question are dropped', async () => {
    let give: (() => void) | undefined
    const c = new Chunks<string>((_, __, signal) => new Promise((done) => (give = () => done({ items: [signal.aborted ? 'old' : 'new'], total: 1 }))), () => undefined, () => undefined)
    const first = c.need(0, 1)
    const late = give
    c.reset()
    late?.()
    await first
    expect(c.at(0)).toBeUndefined()
  })
})
describe('filters', () => {
  test('of an address are those that are no words of the page', () => {
    expect(filtersOf({ area: '411', sort: '-x', kind: '脱贫户', 'members.min': '3', tab: 'a' })).toEqual({ kind: '脱贫户', 'members.min': '3' })
  })
  test('of one field are told and dropped together', () => {
    const f = { 'members.min': '2', 'members.max': '3', kind: 'x' }
    expect(byField(f)).toEqual([{ field: 'members', min: '2', max: '3' }, { field: 'kind', is: 'x' }])
    expect(without(f, 'members')).toEqual({ kind: 'x' })
  })
})
describe('money', () => {
  test('is never a binary fraction', () => {
    expect(money('9007199254740993.10')).toBe('9,007,199,254,740,993.10')
    expect(yuan((fen('0.10') ?? 0n) + (fen('0.20') ?? 0n))).toBe('0.30')
    expect(fen('x')).toBeNull()
    expect(divided(5n, 2)).toBe(3n)
    expect(divided(-5n, 2)).toBe(-3n)
  })
  test('of a household adds up, or is told not to', () => {
    const row = { wage: '100.00', business: '50.00', business_cost: '30.00', net: '120.00', per_capita: '60.00' }
    expect(sumOf(row, ['wage', 'business'], ['business_cost'], 2)?.differs).toBe(false)
    expect(sumOf({ ...row, per_capita: '90.00' }, ['wage', 'business'], ['business_cost'], 2)?.differs).toBe(true)
  })
})
describe('editing', () => {
  const before = { number: 'H1', area: 38, phone: '133****1254', safe: true }
  test('sends what changed, a masked number only when typed anew', () => {
    expect(changesOf(home, before, { number: 'H1', area: '38', phone: '', safe: 'true' })).toEqual({})
    expect(changesOf(home, before, { number: 'H1', area: '', phone: '13300001111', safe: 'false' })).toEqual({ area: null, phone: '13300001111', safe: false })
  })
  test('of two people: the same field is a clash, different ones are joined', () => {
    const m = merge(home, before, { ...before, area: 40, safe: false }, { area: '39' })
    expect(m.clashes.map((c) => c.field.id)).toEqual(['area'])
    expect(m.theirs.map((f) => f.id)).toEqual(['safe'])
  })
  test('a finding stands at the field that was just changed', () => {
    const f = { id: '1', rule: 'r', v: [], level: 'error' as const, village: '', household: null, person: null, year: null, values: { number: 'H1', area: 1 }, message: '' }
    expect(fieldOf(home, f, { area: '1' })).toBe('area')
  })
  test('a certificate number says birth and sex', () => {
    expect(fromCertificate('419922197012210026')).toEqual({ birth: '1970-12-21', sex: '女' })
    expect(fromCertificate('419922197013210026')).toBeNull()
  })
})
test('copied rows are text cells, and markup in a name stays a name', () => {
  const cells = asCells([field('number')], [{ number: '411622104200000101' }, { number: '<b>' }], 'zh')
  expect(cells.html).toContain("mso-number-format:'\\@'")
  expect(cells.html).toContain('&lt;b&gt;')
  expect(cells.text.split('\n')[1]).toBe('411622104200000101')
})
test('usual columns are filled, and show no masked number', () => {
  expect(usualColumns(home, [{ number: 'H1', area: null, phone: '1**', safe: false }])).toEqual(['number', 'safe'])
  expect(plain(field('safe', 'bool'), false, 'zh')).toBe('否')
})
test('problems are grouped by cause, refusals first', () => {
  const p = (level: 'error' | 'note', code: string) => ({ level, file: 'a', sheet: 's', row: 1, column: 'A', field: 'x', code, value: '', message: '' })
  expect(byCause([p('note', 'N'), p('error', 'E'), p('note', 'N')]).map((c) => [c.code, c.problems.length])).toEqual([['E', 1], ['N', 2]])
  expect(sumUp([{ file: '', sheet: '', entity: null, as_of: null, rows: 3, inserted: 1, updated: 1, unchanged: 0, rejected: 1 }]).rejected).toBe(1)
})
test('a figure of the report is named by its path', () => {
  expect(figuresOf({ area: 'x', name: 'y', as_of: 'z', money: { left: '1.00', list: [] } })).toEqual([{ id: 'money', figures: [{ id: 'money.left', value: '1.00' }] }])
})
describe('words', () => {
  const keys = (o: object, at = ''): string[] => Object.entries(o).flatMap(([k, v]) => (typeof v === 'object' && v !== null ? keys(v as object, at + k + '.') : [at + k]))
  test('are there in both languages', () => expect(keys(zh)).toEqual(keys(en)))
  test('that a page names are there', () => {
    const src = new URL('../../src', import.meta.url).pathname
    const known = new Set(keys(zh))
    const missing: string[] = []
    for (const f of readdirSync(src, { recursive: true }).map(String).filter((x) => /\.(vue|ts)$/.test(x)))
      for (const m of readFileSync(join(src, f), 'utf8').matchAll(/\bt\(\s*'([a-z]+\.[A-Za-z0-9.]+)'\s*[,)]/g)) if (!known.has(m[1] ?? '')) missing.push(`${f}: ${m[1] ?? ''}`)
    expect(missing).toEqual([])
  })
  test('of the office neither shout nor blame', () => expect(JSON.stringify(zh)).not.toMatch(/操作失败|系统异常|非法|！|!/))
})
