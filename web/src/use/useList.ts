/* The one list: filters and order from the address, rows by position. Every register list stands on it. */
import { computed, reactive, shallowRef, triggerRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { address, get, post, Refusal } from '@/api/client'
import type { Entity, Page, Row } from '@/api/types'
import { Chunks } from './chunks'
import { filtersOf, type Filters } from './filters'
import { remember, searchText } from './useSearchText'
import { useScope } from './useScope'

/* A yearly record belongs to the year on top of the page; of other things an older year shows their state then. */
export function scopeQuery(e: Entity, scope: ReturnType<typeof useScope>, filters: Filters): Record<string, string> {
  const query: Record<string, string> = {}
  if (scope.area.value) query.area = scope.area.value
  if (e.kind === 'yearly' && !Object.keys(filters).some((k) => k.split('.')[0] === 'year') && scope.years.value.length)
    query.year = String(scope.year.value)
  if (e.kind !== 'yearly' && scope.old.value) query.as_of = scope.asOf.value
  return query
}

/* A search ranks by itself and sees the present state alone. */
export function searchable(query: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([k]) => k !== 'sort' && k !== 'as_of'))
}

export function useList(e: Entity) {
  const route = useRoute()
  const router = useRouter()
  const scope = useScope()
  const state = reactive({ total: -1, busy: false })
  const refusal = shallowRef<Refusal | null>(null)
  const tick = shallowRef(0)

  const filters = computed(() => filtersOf(route.query))
  const sort = computed(() => (typeof route.query.sort === 'string' ? route.query.sort : ''))
  const text = computed(() => searchText(e.id))
  const query = computed<Record<string, string>>(() => ({
    ...filters.value,
    ...scopeQuery(e, scope, filters.value),
    ...(sort.value ? { sort: sort.value } : {})
  }))
  const chunks = new Chunks<Row>(
    (offset, limit, signal) =>
      text.value
        ? post<Page>(e.id + '/search', { text: text.value, ...searchable(query.value), limit, offset }, { signal })
        : get<Page>(e.id, { ...query.value, limit, offset }, signal),
    () => {
      state.total = chunks.total
      refusal.value = null
      tick.value++
      triggerRef(tick)
    },
    (x) => {
      refusal.value = x instanceof Refusal ? x : new Refusal(0, null)
      if (!(x instanceof Refusal)) console.error(x)
    }
  )
  const need = async (from: number, to: number): Promise<void> => {
    state.busy = true
    await chunks.need(from, to)
    state.busy = chunks.busy
  }
  const start = async (): Promise<void> => {
    chunks.reset()
    state.total = -1
    refusal.value = null
    await need(0, 1)
  }
  watch([() => JSON.stringify(query.value), text], start)

  const change = (next: Record<string, string>): void => void router.push({ query: next })
  const rest = (): Record<string, string> => {
    const out: Record<string, string> = {}
    for (const k of ['area', 'year', 'sort', 'columns']) if (typeof route.query[k] === 'string') out[k] = route.query[k] as string
    return out
  }
  return {
    state,
    refusal,
    tick,
    filters,
    sort,
    text,
    query,
    need,
    start,
    rowAt: (i: number): Row | undefined => (tick.value, chunks.at(i)),
    setFilters: (f: Filters) => change({ ...rest(), ...f }),
    setSort: (s: string) => {
      const q = { ...rest(), ...filters.value }
      delete q.sort
      change(s ? { ...q, sort: s } : q)
    },
    clear: () => {
      remember(e.id, '')
      change(Object.fromEntries(Object.entries(rest()).filter(([k]) => k !== 'area')))
    },
    dropText: () => remember(e.id, ''),
    fileAddress: (format: string) => address(e.id, { ...query.value, format })
  }
}
export type List = ReturnType<typeof useList>
