/* Every page, per role, at both sizes: it stands, throws nothing, asks no foreign host, and axe finds nothing serious. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Office, PHONE, VILLAGE, WIDE } from './office'

const office = new Office()
beforeAll(() => office.open())
afterAll(() => office.close())

const household = VILLAGE + '0001'
const all: Record<string, string> = {
  home: '/',
  households: '/list/household',
  persons: '/list/person',
  income: '/list/household_year',
  nothing: '/list/household?lifted_year=1900',
  file: `/record/household/${household}`,
  'file-income': `/record/household/${household}?tab=household_year`,
  'file-members': `/record/household/${household}?tab=person`,
  edit: `/record/household/${household}/edit`,
  new: '/record/problem/new',
  import: '/import',
  findings: '/finding',
  grades: '/grade?grade=focus',
  report: '/report',
  board: '/board',
  indicator: '/indicator?id=industry.base_households',
  journal: '/journal',
  rules: '/policy',
  jobs: '/job',
  unknown: '/nowhere'
}
const rounds: [who: string, size: typeof WIDE, kept: Record<string, string>, name: string][] = [
  ['clerk', WIDE, {}, 'wide'],
  ['clerk', PHONE, {}, 'phone'],
  ['clerk', WIDE, { large: 'yes' }, 'large'],
  ['clerk', WIDE, { language: 'en' }, 'english'],
  ['cadre', PHONE, {}, 'phone'],
  ['leader', WIDE, {}, 'wide'],
  ['auditor', WIDE, {}, 'wide'],
  ['security', WIDE, {}, 'wide']
]
describe.each(rounds)('%s %o %o', (who, size, kept, name) => {
  test('pages stand and are accessible', async () => {
    const visit = await office.enter(who, size, kept)
    const found: string[] = []
    for (const [page, path] of Object.entries(all)) {
      await visit.go(path)
      await visit.picture(`${who}-${name}-${page}`)
      found.push(...(await visit.access()).map((x) => `${page}: ${x}`))
      const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      if (wide > 1) found.push(`${page}: ${wide} px wider than the screen`)
    }
    await visit.context.close()
    expect(found).toEqual([])
    expect(visit.wrong).toEqual([])
  })
})
