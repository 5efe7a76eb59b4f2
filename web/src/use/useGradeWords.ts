/* Names of grades and of the reasons for them: of the pack where the server gives them, else the id as it is. */
import { shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { Policy } from '@/api/types'

interface Named {
  id: string
  label?: string
  title?: string
}
type Graded = Policy & { grades?: Named[]; grade_rules?: Named[] }
const words = shallowRef<Record<string, string>>({})
let asked = ''

export function useGradeWords() {
  const { t, te, locale } = useI18n()
  if (asked !== locale.value) {
    asked = locale.value
    void get<Graded>('policy')
      .then((p) => {
        const named = [...(p.grades ?? []), ...(p.grade_rules ?? [])]
        words.value = Object.fromEntries(named.map((x) => [x.id, x.label ?? x.title ?? x.id]))
      })
      .catch(() => undefined)
  }
  const gradeName = (id: string): string => words.value[id] ?? (te('grade.' + id) ? t('grade.' + id) : id)
  const reasonName = (id: string): string => words.value[id] ?? id
  return { gradeName, reasonName }
}
