/* Filters as the address holds them and as the server takes them: FIELD, FIELD.min, FIELD.max, FIELD.empty. */
export type Filters = Record<string, string>

/* Words of the address that are no filters. */
const OWN = new Set(['area', 'year', 'sort', 'found', 'columns', 'tab', 'open'])

export function filtersOf(query: Record<string, unknown>): Filters {
  const out: Filters = {}
  for (const [k, v] of Object.entries(query)) if (!OWN.has(k) && typeof v === 'string' && v !== '') out[k] = v
  return out
}
export function without(filters: Filters, field: string): Filters {
  return Object.fromEntries(Object.entries(filters).filter(([k]) => k.split('.')[0] !== field))
}
/* One filter a field: from..to of one field is told as one. */
export function byField(filters: Filters): { field: string; is?: string; min?: string; max?: string; empty?: string }[] {
  const found = new Map<string, { field: string; is?: string; min?: string; max?: string; empty?: string }>()
  for (const [k, v] of Object.entries(filters)) {
    const [name = '', test] = k.split('.')
    const one = found.get(name) ?? { field: name }
    if (test === 'min' || test === 'max' || test === 'empty') one[test] = v
    else one.is = v
    found.set(name, one)
  }
  return [...found.values()]
}
