/* Money as whole fen: sums of the office are exact. */
import type { Row, Value } from '@/api/types'

export function fen(v: Value | undefined): bigint | null {
  const m = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(String(v ?? ''))
  if (!m) return null
  const n = BigInt(m[2] ?? '0') * 100n + BigInt((m[3] ?? '').padEnd(2, '0') || '0')
  return m[1] ? -n : n
}
export function yuan(n: bigint): string {
  const a = n < 0n ? -n : n
  return `${n < 0n ? '-' : ''}${a / 100n}.${String(a % 100n).padStart(2, '0')}`
}
/* Half a fen goes away from zero, as the rules have it. */
export function divided(n: bigint, by: number): bigint {
  const d = BigInt(by)
  const half = n < 0n ? -d / 2n : d / 2n
  return (n + half) / d
}
export interface Sum {
  net: bigint
  perCapita: bigint
  differs: boolean // from what the record says
}
export function sumOf(row: Row, plus: string[], minus: string[], members: number | null): Sum | null {
  let net = 0n
  let known = false
  for (const id of plus) {
    const v = fen(row[id])
    known ||= v !== null
    net += v ?? 0n
  }
  for (const id of minus) net -= fen(row[id]) ?? 0n
  if (!known) return null
  const perCapita = members ? divided(net, members) : net
  const said = fen(row.net)
  const saidPer = fen(row.per_capita)
  const off = (a: bigint, b: bigint): boolean => (a > b ? a - b : b - a) > 100n // rounding to whole yuan is usual
  return { net, perCapita, differs: (said !== null && off(said, net)) || (members !== null && saidPer !== null && off(saidPer, perCapita)) }
}
