/* 上一户, 下一户: through the list that one came from, by position. */
import { ref } from 'vue'
import { get, post } from '@/api/client'
import type { Page, Row } from '@/api/types'
import { searchable } from './useList'

interface Trail {
  entity: string
  query: Record<string, string>
  text: string
  at: number
  total: number
}
const trail = ref<Trail | null>(null)

export function useNeighbours() {
  const leave = (entity: string, query: Record<string, string>, text: string, at: number, total: number): void =>
    void (trail.value = { entity, query, text, at, total })
  /* The record `by` places away; null at either end, or where no list was left. */
  const step = async (by: number): Promise<Row | null> => {
    const t = trail.value
    if (!t || t.at + by < 0 || t.at + by >= t.total) return null
    const where = { limit: 1, offset: t.at + by }
    const page = t.text
      ? await post<Page>(t.entity + '/search', { text: t.text, ...searchable(t.query), ...where })
      : await get<Page>(t.entity, { ...t.query, ...where })
    const row = page.items[0] ?? null
    if (row) trail.value = { ...t, at: t.at + by, total: page.total }
    return row
  }
  return { trail, leave, step }
}
