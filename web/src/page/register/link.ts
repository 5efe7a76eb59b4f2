import { keyOf } from '@/catalog/catalog'
import type { Entity, Row } from '@/api/types'

/* Where a row's name leads. */
export function linkOf(e: Entity, row: Row, kept: Record<string, string>): string {
  const words = new URLSearchParams(kept).toString()
  return `/record/${e.id}/${encodeURIComponent(keyOf(e, row))}${words ? '?' + words : ''}`
}
