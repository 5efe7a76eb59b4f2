/* The built program with the sample, served for a journey, and a browser that knocks at it.
 *
 * HONGHUA names the program (default build/honghua), HONGHUA_JOURNEY_DB an empty PostgreSQL database (default: SQLite
 * in a folder of its own), CHROMIUM the browser. Pictures go to build-web/journey.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = process.env.HONGHUA ?? join(root, 'build/honghua')
export const samples = join(root, 'samples')
export const pictures = join(root, 'build-web/journey')
export const TOWN = '411622104'
export const VILLAGE = '411622104208'
export const DAY = '2019-12-31'
const password = 'Kiesel 3 Lorbeer 9 Amsel Pfad'
const accounts: Record<string, [role: string, area: string]> = {
  clerk: ['clerk', TOWN],
  leader: ['leader', TOWN],
  auditor: ['auditor', TOWN],
  cadre: ['village_cadre', VILLAGE],
  security: ['admin_security', TOWN]
}
export const WIDE = { width: 1366, height: 768 }
export const PHONE = { width: 360, height: 800 }

export class Office {
  private server: ChildProcess | null = null
  private folder = mkdtempSync(join(tmpdir(), 'honghua-journey-'))
  private browser: Browser | null = null
  at = ''

  private run(...words: string[]): string {
    const db = process.env.HONGHUA_JOURNEY_DB ?? join(this.folder, 'office.db')
    const key = process.env.HONGHUA_JOURNEY_DB ? ['--key-file', join(this.folder, 'key')] : []
    try {
      return execFileSync(program, ['--db', db, ...key, ...words], { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (e) {
      const told = e as { status?: number; stdout?: string; stderr?: string }
      if (told.status === 1) return told.stdout ?? '' // something was found, which is no failure
      throw new Error(`${words.join(' ')}: ${told.stderr ?? ''}`)
    }
  }
  async open(): Promise<void> {
    this.run('init', '--area', TOWN)
    this.run('import', join(samples, 'honghuaji'))
    this.run('check', '--as-of', DAY)
    this.run('grade', '--as-of', DAY)
    const secret = join(this.folder, 'password')
    writeFileSync(secret, password + '\n', { mode: 0o600 })
    for (const [name, [role, area]] of Object.entries(accounts)) this.run('account', 'add', name, '--role', role, '--area', area, '--password-file', secret)
    const port = await free()
    this.at = `http://127.0.0.1:${port}`
    const db = process.env.HONGHUA_JOURNEY_DB ?? join(this.folder, 'office.db')
    const key = process.env.HONGHUA_JOURNEY_DB ? ['--key-file', join(this.folder, 'key')] : []
    this.server = spawn(program, ['--db', db, ...key, 'serve', '--listen', `127.0.0.1:${port}`], { cwd: this.folder, stdio: 'ignore' })
    for (let i = 0; i < 100; i++) {
      if ((await fetch(this.at + '/healthz').catch(() => null))?.ok) break
      await new Promise((r) => setTimeout(r, 100))
    }
    const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((p) => existsSync(p))
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? known, args: ['--no-sandbox'] })
    mkdirSync(pictures, { recursive: true })
  }
  async close(): Promise<void> {
    await this.browser?.close()
    this.server?.kill('SIGTERM')
    rmSync(this.folder, { recursive: true, force: true })
  }
  /* A person at a browser, logged in. What the page throws or asks of a foreign host fails the journey. */
  async enter(who: string, size = WIDE, kept: Record<string, string> = {}): Promise<Visit> {
    if (!this.browser) throw new Error('the office is closed')
    const context = await this.browser.newContext({ viewport: size, locale: 'zh-CN', acceptDownloads: true })
    await context.addInitScript((k) => Object.entries(k).forEach(([a, b]) => localStorage.setItem(a, b)), kept)
    const page = await context.newPage()
    const visit = new Visit(this.at, context, page)
    await page.goto(this.at + '/login')
    await page.fill('input[name=account]', who)
    await page.fill('input[name=password]', password)
    await page.click('button[type=submit]')
    await page.waitForSelector('#main h1, #main h2')
    return visit
  }
}
export class Visit {
  readonly wrong: string[] = []
  constructor(
    readonly at: string,
    readonly context: BrowserContext,
    readonly page: Page
  ) {
    page.on('pageerror', (e) => this.wrong.push(e.message))
    page.on('console', (m) => {
      if (m.type() === 'error' && !/status of (401|403|404|412|422)/.test(m.text())) this.wrong.push(m.text())
    })
    page.on('request', (r) => {
      if (!r.url().startsWith(at) && !r.url().startsWith('data:') && !r.url().startsWith('blob:')) this.wrong.push('asked of ' + r.url())
    })
  }
  async go(path: string): Promise<void> {
    await this.page.goto(this.at + path)
    await this.page.waitForSelector('#main h1, #main h2')
    await this.page.waitForLoadState('networkidle')
  }
  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(pictures, name + '.png') })
  }
  /* What axe finds serious or worse, by rule and place. */
  async access(): Promise<string[]> {
    const found = await new AxeBuilder({ page: this.page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
    return found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`)
  }
}
function free(): Promise<number> {
  return new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const a = s.address()
      s.close(() => done(typeof a === 'object' && a ? a.port : 0))
    })
  })
}
