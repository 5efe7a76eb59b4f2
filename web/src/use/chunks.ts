/* Rows by position, fetched in pieces as they come into view. Knows nothing of the page: tested without one. */
export const CHUNK = 60

export interface Piece<T> {
  items: T[]
  total: number
}
export class Chunks<T> {
  private pieces = new Map<number, T[]>()
  private under = new Map<number, AbortController>()
  private age = 0
  total = -1 // not known yet

  constructor(
    private fetch: (offset: number, limit: number, signal: AbortSignal) => Promise<Piece<T>>,
    private changed: () => void,
    private failed: (e: unknown) => void
  ) {}

  at(i: number): T | undefined {
    return this.pieces.get(Math.floor(i / CHUNK))?.[i % CHUNK]
  }
  /* Forgets what was fetched; `keep` shows the old rows until the new ones are there. */
  reset(keep = false): void {
    this.age++
    this.under.forEach((c) => c.abort())
    this.under.clear()
    if (keep) return
    this.pieces.clear()
    this.total = -1
  }
  /* Sees to it that rows from..to are on their way, and gives up those that nobody looks at any more. */
  async need(from: number, to: number): Promise<void> {
    const first = Math.floor(Math.max(0, from) / CHUNK)
    const last = Math.floor(Math.max(0, this.total < 0 ? 0 : Math.min(to, this.total - 1)) / CHUNK)
    for (const [k, c] of this.under) {
      if (k < first - 1 || k > last + 1) {
        c.abort()
        this.under.delete(k)
      }
    }
    const asked: Promise<void>[] = []
    for (let k = first; k <= last; k++) if (!this.pieces.has(k) && !this.under.has(k)) asked.push(this.load(k))
    await Promise.all(asked)
  }
  async fresh(from: number, to: number): Promise<void> {
    const old = this.pieces
    this.reset(true)
    this.pieces = new Map()
    try {
      await this.need(from, to)
    } catch {
      this.pieces = old
    }
  }
  private async load(k: number): Promise<void> {
    const mine = this.age
    const control = new AbortController()
    this.under.set(k, control)
    try {
      const piece = await this.fetch(k * CHUNK, CHUNK, control.signal)
      if (mine !== this.age) return
      this.pieces.set(k, piece.items)
      this.total = piece.total
      this.changed()
    } catch (e) {
      if (mine === this.age && !control.signal.aborted) this.failed(e)
    } finally {
      if (this.under.get(k) === control) this.under.delete(k)
    }
  }
  get busy(): boolean {
    return this.under.size > 0
  }
}
