/* Work that takes long: begun with a POST, watched over server-sent events, asked for where these are cut. */
import { computed, onBeforeUnmount, shallowRef } from 'vue'
import { address, ask, get, newKey, Refusal } from '@/api/client'
import type { Job } from '@/api/types'

const POLL_MS = 1500
const ended = (j: Job): boolean => ['done', 'failed', 'cancelled'].includes(j.state)

export function useJob<T>() {
  const job = shallowRef<Job<T> | null>(null)
  const refusal = shallowRef<Refusal | null>(null)
  let source: EventSource | null = null
  let clock = 0
  const stop = (): void => {
    source?.close()
    source = null
    clearTimeout(clock)
  }
  onBeforeUnmount(stop)

  const poll = async (id: string): Promise<void> => {
    try {
      job.value = await get<Job<T>>('job/' + id)
      if (ended(job.value)) return
    } catch (x) {
      if (x instanceof Refusal && x.status !== 0) return void (refusal.value = x)
    }
    clock = window.setTimeout(() => void poll(id), POLL_MS)
  }
  const watch = (id: string): void => {
    stop()
    source = new EventSource(address(`job/${id}/events`))
    source.onmessage = (m: MessageEvent<string>) => {
      job.value = JSON.parse(m.data) as Job<T>
      if (ended(job.value)) stop()
    }
    source.onerror = () => {
      stop()
      if (!job.value || !ended(job.value)) void poll(id)
    }
  }
  const begin = async (path: string, body: unknown): Promise<void> => {
    stop()
    job.value = null
    refusal.value = null
    try {
      const a = await ask<Job<T> | T>(path, { method: 'POST', body, once: newKey() })
      if (a.status === 202) {
        job.value = a.data as Job<T>
        watch(job.value.id)
      } else job.value = { id: '', state: 'done', progress: null, result: a.data as T, problem: null }
    } catch (x) {
      refusal.value = x instanceof Refusal ? x : new Refusal(0, null)
    }
  }
  const cancel = async (): Promise<void> => {
    if (job.value) await ask('job/' + job.value.id, { method: 'DELETE' }).catch(() => undefined)
  }
  const busy = computed(() => job.value !== null && !ended(job.value))
  const share = computed(() => {
    const p = job.value?.progress
    return p && typeof p === 'object' && p.total ? Math.min(1, (p.done ?? 0) / p.total) : null
  })
  const stage = computed(() => (typeof job.value?.progress === 'object' ? (job.value?.progress?.stage ?? '') : ''))
  return { job, refusal, busy, share, stage, begin, watch, cancel, stop }
}
