/* Every page has an address; what a page shows (area, year, filters, sort, tab) stands in its query. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useSession } from './use/useSession'

declare module 'vue-router' {
  interface RouteMeta {
    may?: string // the operation that the page needs
    open?: boolean // without login
    title?: string // key of its title
  }
}
const routes: RouteRecordRaw[] = [
  { path: '/login', component: () => import('./page/login/login.vue'), meta: { open: true, title: 'login.title' } },
  { path: '/', component: () => import('./page/home/home.vue'), meta: { title: 'menu.home' } },
  { path: '/list/:entity', component: () => import('./page/register/list.vue'), meta: { may: 'browse' } },
  { path: '/record/:entity/new', component: () => import('./page/register/edit.vue'), meta: { may: 'create' } },
  { path: '/record/:entity/:id/edit', component: () => import('./page/register/edit.vue'), meta: { may: 'change' } },
  { path: '/record/household/:id', component: () => import('./page/household/file.vue'), meta: { may: 'get' } },
  { path: '/record/:entity/:id', component: () => import('./page/register/detail.vue'), meta: { may: 'get' } },
  { path: '/import', component: () => import('./page/import/import.vue'), meta: { may: 'import', title: 'menu.import' } },
  { path: '/finding', component: () => import('./page/finding/list.vue'), meta: { may: 'finding list', title: 'menu.finding' } },
  { path: '/grade', component: () => import('./page/grade/matrix.vue'), meta: { may: 'grade', title: 'menu.grade' } },
  { path: '/report', component: () => import('./page/report/town.vue'), meta: { may: 'report town', title: 'menu.town' } },
  { path: '/board', component: () => import('./page/report/board.vue'), meta: { may: 'indicator', title: 'menu.board' } },
  { path: '/indicator', component: () => import('./page/report/indicator.vue'), meta: { may: 'indicator' } },
  { path: '/journal', component: () => import('./page/journal/list.vue'), meta: { may: 'journal list', title: 'menu.journal' } },
  { path: '/policy', component: () => import('./page/policy/rules.vue'), meta: { may: 'policy show', title: 'menu.policy' } },
  { path: '/account', component: () => import('./page/account/list.vue'), meta: { may: 'account list', title: 'menu.account' } },
  { path: '/job', component: () => import('./page/job/list.vue'), meta: { title: 'menu.job' } },
  { path: '/:rest(.*)*', component: () => import('./page/nothing.vue') }
]
export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 }
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (!session.state.asked) await session.load()
  if (to.meta.open) return true
  if (!session.state.me) return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  return true
})
