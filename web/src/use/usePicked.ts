/* Chosen rows, by position while the list stands as it is; copying them keeps long numbers as text. */
import { computed, reactive } from 'vue'
import { pick, plain } from '@/catalog/catalog'
import type { Field, Row } from '@/api/types'

export function usePicked(rowAt: (i: number) => Row | undefined) {
  const chosen = reactive(new Map<number, Row>())
  let last = -1
  const set = (i: number, on: boolean, range: boolean): void => {
    const from = range && last >= 0 ? Math.min(last, i) : i
    const to = range && last >= 0 ? Math.max(last, i) : i
    for (let k = from; k <= to; k++) {
      const row = rowAt(k)
      if (on && row) chosen.set(k, row)
      else if (!on) chosen.delete(k)
    }
    last = i
  }
  const clear = (): void => {
    chosen.clear()
    last = -1
  }
  return { chosen, count: computed(() => chosen.size), has: (i: number) => chosen.has(i), set, clear }
}

const escape = (s: string): string => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/* Text cells that Excel and WPS take as they are: without the format they turn an 18-digit number into 4.1E+17. */
export function asCells(columns: Field[], rows: Row[], lang: string): { html: string; text: string } {
  const heads = columns.map((f) => pick(f.label, lang))
  const cells = rows.map((r) => columns.map((f) => plain(f, r[f.id], lang)))
  const line = (tag: string, row: string[]): string =>
    '<tr>' + row.map((c) => `<${tag} style="mso-number-format:'\\@'">${escape(c)}</${tag}>`).join('') + '</tr>'
  return {
    html: `<table>${line('th', heads)}${cells.map((r) => line('td', r)).join('')}</table>`,
    text: [heads, ...cells].map((r) => r.map((c) => c.replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n')
  }
}
