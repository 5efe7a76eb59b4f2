/* Something that is fetched: what is there stays while the next is on its way; the last request wins. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Refusal } from '@/api/client'

export interface Fetched<T> {
  data: ShallowRef<T | null>
  busy: Ref<boolean>
  refusal: ShallowRef<Refusal | null>
  run: () => Promise<void>
  cancel: () => void
}

export function useAsync<T>(fetcher: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const data = shallowRef<T | null>(null)
  const busy = ref(false)
  const refusal = shallowRef<Refusal | null>(null)
  let current: AbortController | null = null
  const cancel = (): void => {
    current?.abort()
    current = null
    busy.value = false
  }
  const run = async (): Promise<void> => {
    current?.abort()
    const mine = (current = new AbortController())
    busy.value = true
    try {
      const value = await fetcher(mine.signal)
      if (current !== mine) return
      data.value = value
      refusal.value = null
    } catch (e) {
      if (current !== mine) return
      if (e instanceof Refusal) refusal.value = e
      else if (!(e instanceof DOMException && e.name === 'AbortError')) {
        refusal.value = new Refusal(0, null)
        console.error(e)
      }
    }
    if (current === mine) busy.value = false
  }
  return { data, busy, refusal, run, cancel }
}
