/* Which rows of a long table are in the page. Browsers end at about 33 million pixels: beyond SPACE_MAX the
 * scroll bar is scaled, rows are not. */
export const SPACE_MAX = 15_000_000
export const ROWS_MAX = 60

export interface View {
  first: number
  last: number // not included
  before: number // pixels
  after: number
}
export function viewOf(total: number, rowHeight: number, scrollTop: number, height: number, around = 8): View {
  if (total <= 0) return { first: 0, last: 0, before: 0, after: 0 }
  const whole = total * rowHeight
  const space = Math.min(whole, SPACE_MAX)
  const most = Math.max(1, space - height)
  const real = whole === space ? scrollTop : (Math.min(scrollTop, most) / most) * (whole - height)
  const seen = Math.ceil(height / rowHeight) + 1
  const first = Math.max(0, Math.min(Math.floor(real / rowHeight) - around, total - 1))
  const last = Math.min(total, first + Math.min(ROWS_MAX, seen + 2 * around))
  const before = whole === space ? first * rowHeight : Math.max(0, scrollTop - (real - first * rowHeight))
  return { first, last, before, after: Math.max(0, space - before - (last - first) * rowHeight) }
}
export function scrollTo(i: number, total: number, rowHeight: number, height: number): number {
  const whole = total * rowHeight
  const space = Math.min(whole, SPACE_MAX)
  if (whole === space) return i * rowHeight
  return ((i * rowHeight) / Math.max(1, whole - height)) * Math.max(1, space - height)
}
