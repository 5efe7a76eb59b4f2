/* How much is due: the open findings, counted by the server as the list counts them. */
import { ref } from 'vue'
import { get } from '@/api/client'
import { useSession } from './useSession'

const count = ref<number | null>(null)
let asked = ''

export function useTodo() {
  const { may, state } = useSession()
  const refresh = async (): Promise<void> => {
    if (!may('finding list')) return void (count.value = null)
    const page = await get<{ total: number }>('finding', { state: 'open', limit: 1 }).catch(() => null)
    count.value = page?.total ?? null
  }
  if (asked !== state.me?.account) {
    asked = state.me?.account ?? ''
    void refresh()
  }
  return { count, refresh }
}
