/* Who is logged in and what they may do: one for the whole page. */
import { computed, reactive } from 'vue'
import { ask, get } from '@/api/client'
import type { Me } from '@/api/types'

const state = reactive<{ me: Me | null; asked: boolean; ended: boolean }>({ me: null, asked: false, ended: false })

export function useSession() {
  const load = async (): Promise<void> => {
    try {
      state.me = await get<Me>('me')
      state.ended = false
    } catch {
      state.me = null
    }
    state.asked = true
  }
  const login = async (account: string, password: string, code?: string): Promise<void> => {
    await ask('session', { method: 'POST', body: { account, password, ...(code ? { code } : {}) } })
    await load()
  }
  const logout = async (): Promise<void> => {
    await ask('session', { method: 'DELETE' }).catch(() => undefined)
    for (const k of Object.keys(sessionStorage)) sessionStorage.removeItem(k)
    state.me = null
  }
  /* `words`: the words of a command ("finding explain"). Unknown means no. */
  const may = (words: string): boolean => state.me?.may.includes(words) ?? false
  const reads = (entity: string): boolean => {
    const list = (state.me as { reads?: string[] | 'all' } | null)?.reads
    return may('list') && (list === undefined || list === 'all' || list.includes(entity))
  }
  const area = computed(() => {
    const first = state.me?.areas[0]
    return typeof first === 'string' ? { code: first, name: '' } : { code: first?.code ?? '', name: first?.name ?? '' }
  })
  const role = computed(() => {
    const r = state.me?.roles?.[0] ?? state.me?.role ?? ''
    return typeof r === 'string' ? { id: r, label: null } : { id: r.id, label: r.label ?? null }
  })
  return { state, load, login, logout, may, reads, area, role }
}
