/* A clerk's day: find a household, mend it, meet a colleague's change, import a workbook. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Office, samples, VILLAGE } from './office'

const office = new Office()
beforeAll(() => office.open())
afterAll(() => office.close())
const household = VILLAGE + '0002'

test('a number on the first page is the total of its list', async () => {
  const { page, context, wrong } = await office.enter('clerk')
  const link = page.locator('.figures a', { hasText: '户' }).first()
  const said = await link.locator('b').innerText()
  await link.click()
  await page.waitForSelector('.rows')
  expect(await page.innerText('main')).toContain(`共${said}条`)
  expect(wrong).toEqual([])
  await context.close()
})
test('a household is found by its number, and the number is not in the address', async () => {
  const { page, context } = await office.enter('clerk')
  await page.keyboard.press('Alt+q')
  await page.keyboard.type(household)
  await page.keyboard.press('Enter')
  await page.waitForSelector('tbody tr[aria-rowindex="2"] a')
  expect(page.url()).not.toContain(household)
  await page.click('tbody tr[aria-rowindex="2"] a')
  await page.waitForSelector('.number')
  expect(await page.innerText('.number')).toBe(household)
  await context.close()
})
test('who saves second sees both versions and chooses', async () => {
  const [one, two] = [await office.enter('clerk'), await office.enter('clerk')]
  for (const v of [one, two]) await v.go(`/record/household/${household}/edit`)
  await one.page.fill('#field-house_area', '71')
  await two.page.fill('#field-house_area', '72')
  await one.page.click('button[type=submit]:has-text("保存")')
  await one.page.waitForURL((u) => !u.pathname.endsWith('/edit'))
  await two.page.keyboard.press('Alt+s')
  await two.page.waitForSelector('.conflict')
  await two.picture('clerk-conflict')
  await two.page.locator('.conflict input[type=radio]').nth(1).check()
  await two.page.click('.conflict button')
  await two.page.waitForSelector('.conflict', { state: 'detached' })
  expect(await two.page.inputValue('#field-house_area')).toBe('72')
  await two.page.keyboard.press('Alt+s')
  await two.page.waitForURL((u) => !u.pathname.endsWith('/edit'))
  for (const v of [one, two]) {
    expect(v.wrong).toEqual([])
    await v.context.close()
  }
})
test('what was typed survives a reload', async () => {
  const v = await office.enter('clerk')
  await v.go(`/record/household/${household}/edit`)
  await v.page.fill('#field-hamlet', '东头')
  await v.page.waitForTimeout(900)
  await v.page.reload()
  await v.page.waitForSelector('#field-hamlet')
  expect(await v.page.inputValue('#field-hamlet')).toBe('东头')
  await v.context.close()
})
test('the faulty workbooks are checked, nothing is written, and problems stand by cause', async () => {
  const v = await office.enter('clerk')
  await v.go('/import')
  const folder = join(samples, 'honghuaji-faulty')
  await v.page.setInputFiles('input[type=file]', readdirSync(folder).filter((f) => f.endsWith('.xlsx')).map((f) => join(folder, f)))
  await v.page.click('button[type=submit]:has-text("上传并检查")')
  await v.page.waitForSelector('text=识别到的工作表', { timeout: 90_000 })
  await v.picture('clerk-import')
  expect(await v.page.innerText('main')).toContain('还没有写入')
  expect(v.wrong).toEqual([])
  await v.context.close()
})
