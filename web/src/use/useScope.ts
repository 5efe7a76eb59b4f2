/* Area and year of the whole page: they stand in the address, so that a link shows a colleague the same view. */
import { computed, shallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { get } from '@/api/client'
import type { Page, Row } from '@/api/types'
import { useSession } from './useSession'

export interface Village {
  code: string
  name: string
}
const villages = shallowRef<Village[]>([])
const years = shallowRef<number[]>([])
let asked = false

async function load(): Promise<void> {
  if (asked) return
  asked = true
  const { reads } = useSession()
  if (reads('village')) {
    const rows = await get<Page>('village', { limit: 1000 }).catch(() => null)
    villages.value = (rows?.items ?? []).map((r: Row) => ({ code: String(r.code ?? ''), name: String(r.name ?? r.code ?? '') }))
  }
  if (reads('household_year')) {
    const edge = (sort: string) => get<Page>('household_year', { sort, limit: 1 }).catch(() => null)
    const [low, high] = await Promise.all([edge('year'), edge('-year')])
    const from = Number(low?.items[0]?.year)
    const to = Number(high?.items[0]?.year)
    if (from && to) years.value = Array.from({ length: Math.min(to - from + 1, 30) }, (_, i) => to - i)
  }
}
export function forgetScope(): void {
  asked = false
  villages.value = []
  years.value = []
}

const twoDigits = (n: number): string => String(n).padStart(2, '0')
export const today = (): string => {
  const d = new Date()
  return `${d.getFullYear()}-${twoDigits(d.getMonth() + 1)}-${twoDigits(d.getDate())}`
}

export function useScope() {
  const route = useRoute()
  const router = useRouter()
  const { area: own } = useSession()
  const area = computed(() => (typeof route.query.area === 'string' ? route.query.area : ''))
  const picked = computed(() => (/^\d{4}$/.test(String(route.query.year ?? '')) ? Number(route.query.year) : 0))
  const newest = computed(() => years.value[0] ?? new Date().getFullYear())
  const year = computed(() => picked.value || newest.value)
  /* Facts of a year are those of its last day, or of today where the year is not over. */
  const asOf = computed(() => {
    const end = `${year.value}-12-31`
    return end < today() ? end : today()
  })
  const old = computed(() => picked.value !== 0 && picked.value < newest.value)
  const townCode = computed(() => own.value.code.slice(0, 9))
  const set = (what: { area?: string; year?: string }): void => {
    const rest = Object.entries(route.query).filter(([k]) => !(k in what))
    void router.push({ query: { ...Object.fromEntries(rest), ...Object.fromEntries(Object.entries(what).filter(([, v]) => v)) } })
  }
  /* What every link of the page carries on. */
  const kept = computed(() => ({
    ...(area.value ? { area: area.value } : {}),
    ...(picked.value ? { year: String(picked.value) } : {})
  }))
  const nameOf = (code: string): string => villages.value.find((v) => v.code === code)?.name ?? code
  return { load, villages, years, area, year, picked, asOf, old, own, townCode, set, kept, nameOf }
}
