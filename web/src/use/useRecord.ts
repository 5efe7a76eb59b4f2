/* One record with its version: read, opened in full with a reason, changed. */
import { shallowRef } from 'vue'
import { ask } from '@/api/client'
import type { Finding, Row } from '@/api/types'
import { useAsync } from './useAsync'

export type Whole = Row & Record<string, unknown>

export function useRecord(entity: string, id: string, asOf: () => string | undefined) {
  const etag = shallowRef('')
  const opened = shallowRef(false)
  const one = useAsync<Whole>(async (signal) => {
    const a = await ask<Whole>(`${entity}/${id}`, { query: { as_of: asOf() }, signal })
    etag.value = a.etag
    opened.value = false
    return a.data
  })
  const reveal = async (reason: string): Promise<void> => {
    const a = await ask<Whole>(`${entity}/${id}/reveal`, { method: 'POST', body: { reason } })
    one.data.value = a.data
    opened.value = true
  }
  return { ...one, etag, opened, reveal }
}
/* What rules would say of these values; nothing is written. */
export async function judge(entity: string, id: string, values: Row, signal?: AbortSignal): Promise<Finding[]> {
  const a = await ask<{ findings: Finding[] }>(`${entity}/${id}/judge`, { method: 'POST', body: values, signal })
  return a.data.findings
}
