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
  const reads = (entity: string): boolean => may('browse') && (state.me?.reads.includes(entity) ?? false)
  const writes = (entity: string): boolean => state.me?.writes.includes(entity) ?? false
  const area = computed(() => ({ code: state.me?.areas[0]?.code ?? '', name: state.me?.areas[0]?.name ?? '' }))
  const role = computed(() => state.me?.roles[0]?.label ?? '')
  return { state, load, login, logout, may, reads, writes, area, role }
}
