/* Open findings of the area, whole: they are counted by rule and by village here, so that a number and its list
 * are the same records. */
import { computed } from 'vue'
import { get } from '@/api/client'
import type { Finding } from '@/api/types'
import { useAsync } from './useAsync'
import { useScope } from './useScope'

const PAGE = 1000
const PAGES_MAX = 20 // beyond 20,000 the numbers say "at least"

interface Answer {
  items?: Finding[]
  findings?: Finding[]
  total: number
  next?: string | null
}
export interface Found {
  findings: Finding[]
  total: number
}
export async function readFindings(query: Record<string, string>, signal?: AbortSignal): Promise<Found> {
  const findings: Finding[] = []
  let total = 0
  for (let page = 0, cursor = ''; page < PAGES_MAX; page++) {
    const a = await get<Answer>('finding', { ...query, limit: PAGE, ...(cursor ? { cursor } : {}) }, signal)
    findings.push(...(a.items ?? a.findings ?? []))
    total = a.total
    cursor = a.next ?? ''
    if (!cursor) break
  }
  return { findings, total }
}
export function tally(findings: Finding[], by: (f: Finding) => string): [string, number][] {
  const counts = new Map<string, number>()
  for (const f of findings) counts.set(by(f), (counts.get(by(f)) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}
export function useFindings(state = 'open') {
  const scope = useScope()
  const all = useAsync((signal) => readFindings({ state, ...(scope.area.value ? { area: scope.area.value } : {}) }, signal))
  const findings = computed(() => all.data.value?.findings ?? [])
  return { ...all, findings, total: computed(() => all.data.value?.total ?? 0) }
}
