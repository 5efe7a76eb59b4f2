/* The menu: two levels, only what the role may open. Entities of the pack that have no place of their own come
 * under the register, so that a new one is there without a line of code. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { entities, entity, pick } from '@/catalog/catalog'
import { useSession } from './useSession'

interface Leaf {
  to: string
  may?: string
  entity?: string
  key?: string
}
export interface Item {
  to: string
  text: string
}
export interface Group {
  id: string
  items: Item[]
}
const map: { id: string; leaves: Leaf[] }[] = [
  {
    id: 'work',
    leaves: [
      { to: '/', key: 'menu.home' },
      { to: '/job', key: 'menu.job' }
    ]
  },
  { id: 'register', leaves: ['household', 'person', 'village', 'household_year'].map(list) },
  {
    id: 'verify',
    leaves: [
      { to: '/import', key: 'menu.import', may: 'import' },
      { to: '/finding', key: 'menu.finding', may: 'finding list' },
      { to: '/policy', key: 'menu.policy', may: 'policy show' }
    ]
  },
  { id: 'care', leaves: [{ to: '/grade', key: 'menu.grade', may: 'grade' }, list('measure'), list('pairing')] },
  { id: 'fund', leaves: ['project', 'fund', 'payment'].map(list) },
  { id: 'problem', leaves: [list('problem')] },
  { id: 'duty', leaves: [list('duty')] },
  {
    id: 'report',
    leaves: [
      { to: '/report', key: 'menu.town', may: 'report town' },
      { to: '/board', key: 'menu.board', may: 'indicator' }
    ]
  },
  {
    id: 'system',
    leaves: [
      { to: '/account', key: 'menu.account', may: 'account list' },
      { to: '/journal', key: 'menu.journal', may: 'journal list' }
    ]
  }
]
function list(id: string): Leaf {
  return { to: '/list/' + id, entity: id, may: 'browse' }
}

export function useMenu() {
  const { may, reads } = useSession()
  const { t, locale } = useI18n()
  const groups = computed<Group[]>(() => {
    const placed = new Set(map.flatMap((g) => g.leaves.map((l) => l.entity)))
    const rest = entities().filter((e) => !placed.has(e.id)).map((e) => list(e.id))
    return map
      .map((g) => ({
        id: g.id,
        items: [...g.leaves, ...(g.id === 'register' ? rest : [])]
          .filter((l) => (!l.may || may(l.may)) && (!l.entity || (entity(l.entity) !== undefined && reads(l.entity))))
          .map((l) => ({ to: l.to, text: l.key ? t(l.key) : pick(entity(l.entity ?? '')?.label, locale.value) }))
      }))
      .filter((g) => g.items.length)
  })
  return { groups }
}
