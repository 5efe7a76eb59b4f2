/* Editing one record: rules answer while one types, drafts are kept, and who saves second chooses. */
import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue'
import { ask, newKey, Refusal } from '@/api/client'
import type { Entity, Finding, Row } from '@/api/types'
import { changesOf, fieldOf, fromCertificate, masked, merge, typed, type Merge, type Typed } from './edit'
import { judge } from './useRecord'

const JUDGE_MS = 600

interface Draft {
  at: string
  now: Typed
}
export function useEdit(e: Entity, id: string | null) {
  const before = shallowRef<Row | null>(id === null ? {} : null)
  const etag = ref('')
  const now = reactive<Typed>({})
  const reason = ref('')
  const busy = ref(false)
  const judging = ref(false)
  const refusal = shallowRef<Refusal | null>(null)
  const wrong = shallowRef<Record<string, string>>({})
  const findings = shallowRef<Finding[]>([])
  const conflict = shallowRef<{ present: Row; merge: Merge; etag: string } | null>(null)
  const restored = ref('')
  const key = newKey() // one form makes one record, however often it is sent
  const place = `draft:${e.id}:${id ?? 'new'}`
  const changes = computed<Row>(() => (before.value ? changesOf(e, before.value, now) : {}))
  const count = computed(() => Object.keys(changes.value).length)

  const put = (row: Row): void => {
    before.value = row
    for (const f of e.fields) if (!f.derived_from) now[f.id] = masked(row[f.id]) ? '' : typed(row[f.id])
  }
  /* Drafts end with the browser's tab, and hold no sensitive number. */
  const keep = (): void => {
    const open = Object.entries(now).filter(([k]) => k in changes.value && e.fields.find((f) => f.id === k)?.class !== 'sensitive')
    if (open.length) sessionStorage.setItem(place, JSON.stringify({ at: new Date().toISOString(), now: Object.fromEntries(open) } satisfies Draft))
    else sessionStorage.removeItem(place)
  }
  const load = async (): Promise<void> => {
    refusal.value = null
    try {
      if (id !== null) {
        const a = await ask<Row>(`${e.id}/${id}`)
        etag.value = a.etag
        put(a.data)
      } else put({})
    } catch (x) {
      refusal.value = x instanceof Refusal ? x : new Refusal(0, null)
      return
    }
    const draft = JSON.parse(sessionStorage.getItem(place) ?? 'null') as Draft | null
    if (draft) {
      Object.assign(now, draft.now)
      if (count.value) restored.value = draft.at
    }
  }
  const drop = (): void => {
    sessionStorage.removeItem(place)
    restored.value = ''
    if (before.value) put(before.value)
  }

  let clock = 0
  let control: AbortController | null = null
  const look = async (): Promise<void> => {
    control?.abort()
    const mine = (control = new AbortController())
    if (id === null || count.value === 0) {
      findings.value = []
      wrong.value = {}
      return
    }
    judging.value = true
    try {
      const said = await judge(e.id, id, changes.value, mine.signal)
      if (control !== mine) return
      findings.value = said
      wrong.value = {}
    } catch (x) {
      if (control === mine && x instanceof Refusal && x.status === 422) wrong.value = x.fields
    }
    if (control === mine) judging.value = false
  }
  watch(changes, (c, old) => {
    if (JSON.stringify(c) === JSON.stringify(old)) return
    keep()
    clearTimeout(clock)
    clock = window.setTimeout(() => void look(), JUDGE_MS)
  })
  onBeforeUnmount(() => {
    clearTimeout(clock)
    control?.abort()
  })
  const set = (field: string, text: string): void => {
    now[field] = text
    if (field !== 'certificate') return
    const told = fromCertificate(text)
    if (told && 'birth' in now && 'sex' in now) Object.assign(now, told)
  }
  const at = computed(() => {
    const out: Record<string, Finding[]> = {}
    for (const f of findings.value) {
      const where = fieldOf(e, f, changes.value)
      if (where) (out[where] ??= []).push(f)
    }
    return out
  })

  /* true: saved. The findings of the answer are told, and the change is kept all the same. */
  const save = async (): Promise<{ id: string; findings: Finding[] } | null> => {
    if (count.value === 0) return null
    busy.value = true
    refusal.value = null
    try {
      const body = { ...changes.value, ...(reason.value.trim() ? { reason: reason.value.trim() } : {}) }
      const a = await ask<{ record?: Row; findings?: Finding[] }>(id === null ? e.id : `${e.id}/${id}`, {
        method: id === null ? 'POST' : 'PATCH',
        body,
        ifMatch: etag.value,
        once: id === null ? key : undefined
      })
      sessionStorage.removeItem(place)
      const row = a.data.record ?? {}
      return { id: id ?? e.key.map((k) => row[k] ?? '').join(','), findings: a.data.findings ?? [] }
    } catch (x) {
      const r = x instanceof Refusal ? x : new Refusal(0, null)
      wrong.value = r.fields
      if (r.status === 412 && r.problem?.record && before.value) {
        const present = r.problem.record
        conflict.value = { present, merge: merge(e, before.value, present, changes.value), etag: '' }
      } else refusal.value = r
      return null
    } finally {
      busy.value = false
    }
  }
  /* `mine`: the fields where one's own value wins. The other's values become the ground one stands on. */
  const settle = async (mine: Set<string>): Promise<void> => {
    const c = conflict.value
    if (!c || id === null) return
    const wanted = { ...now }
    const fresh = await ask<Row>(`${e.id}/${id}`)
    const own = new Set(Object.keys(changes.value))
    put(fresh.data)
    etag.value = fresh.etag
    for (const f of own) {
      const clash = c.merge.clashes.some((x) => x.field.id === f)
      if (!clash || mine.has(f)) now[f] = wanted[f] ?? ''
    }
    conflict.value = null
  }
  return { before, now, reason, busy, judging, refusal, wrong, findings, at, conflict, restored, changes, count, load, set, save, settle, drop }
}
