/* The pack in force: its rules, grades and reasons in words. Asked once, and again when the language changes. */
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { Policy } from '@/api/types'
import { useSession } from './useSession'

const policy = shallowRef<Policy | null>(null)
let asked = ''

export function useWords() {
  const { locale } = useI18n()
  const { may, state } = useSession()
  const wanted = `${locale.value} ${state.me?.account ?? ''}`
  if (asked !== wanted && may('policy show')) {
    asked = wanted
    void get<Policy>('policy').then((p) => (policy.value = p), () => (asked = ''))
  }
  const names = computed(() => {
    const out = new Map<string, string>()
    for (const r of policy.value?.rules ?? []) out.set(r.id, r.title)
    for (const g of policy.value?.grades ?? []) {
      out.set(g.id, g.label)
      for (const r of g.reasons) out.set(r.id, r.label)
    }
    return out
  })
  /* Of a rule, a grade or a reason; its id where nothing names it. */
  const word = (id: string): string => names.value.get(id) ?? id
  const rule = (id: string) => policy.value?.rules.find((r) => r.id === id)
  return { policy, word, rule }
}
