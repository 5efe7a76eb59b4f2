/* The report as groups of figures; each figure's id is its path, and that is its indicator. */
export interface Report {
  area: string
  name: string
  as_of: string
  registry?: { by_year?: { year: number; households: number; persons: number }[] } & Record<string, unknown>
  [group: string]: unknown
}
export interface Group {
  id: string
  figures: { id: string; value: string | number }[]
}
export function figuresOf(report: Report): Group[] {
  const out: Group[] = []
  for (const [id, group] of Object.entries(report)) {
    if (typeof group !== 'object' || group === null || Array.isArray(group)) continue
    const figures = Object.entries(group)
      .filter((x): x is [string, string | number] => typeof x[1] === 'string' || typeof x[1] === 'number')
      .map(([k, value]) => ({ id: `${id}.${k}`, value }))
    if (figures.length) out.push({ id, figures })
  }
  return out
}
