/* Which columns a person sees: of the address (a colleague's link), else as kept on this computer, else the usual. */
import { computed, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { usualColumns } from '@/catalog/catalog'
import type { Entity, Field, Row } from '@/api/types'
import { useSession } from './useSession'

export type Density = 'tight' | 'normal' | 'loose'

export function useColumns(e: Entity) {
  const route = useRoute()
  const router = useRouter()
  const who = useSession().state.me?.account ?? ''
  const place = `columns:${who}:${e.id}`
  const kept = ref<string[] | null>(JSON.parse(localStorage.getItem(place) ?? 'null'))
  const usual = ref<string[]>(usualColumns(e, []))
  const density = ref<Density>((localStorage.getItem('density') as Density | null) ?? 'normal')
  let settled = false

  const ids = computed(() => {
    const named = typeof route.query.columns === 'string' ? route.query.columns.split(',') : null
    return named ?? kept.value ?? usual.value
  })
  const columns = computed<Field[]>(() => ids.value.map((id) => e.fields.find((f) => f.id === id)).filter((f) => f !== undefined))
  /* The first rows tell which of the usual columns hold anything. */
  const settle = (rows: Row[]): void => {
    if (settled || rows.length === 0) return
    settled = true
    usual.value = usualColumns(e, rows)
  }
  const set = (next: string[] | null): void => {
    kept.value = next
    if (next) localStorage.setItem(place, JSON.stringify(next))
    else localStorage.removeItem(place)
    const query = { ...route.query }
    if (next) query.columns = next.join(',')
    else delete query.columns
    void router.replace({ query })
  }
  const setDensity = (d: Density): void => {
    density.value = d
    localStorage.setItem('density', d)
  }
  return { ids, columns, density, settle, set, setDensity }
}
