import { createI18n } from 'vue-i18n'
import { speak } from '@/api/client'
import en from './en.json'
import zh from './zh.json'

const kept = localStorage.getItem('language')
const first = kept === 'en' || kept === 'zh' ? kept : navigator.language.startsWith('en') ? 'en' : 'zh'

export const i18n = createI18n({ legacy: false, locale: first, fallbackLocale: 'zh', messages: { zh, en } })

export function setLanguage(l: 'zh' | 'en'): void {
  i18n.global.locale.value = l
  localStorage.setItem('language', l)
  tell(l)
}
function tell(l: string): void {
  document.documentElement.lang = l === 'en' ? 'en' : 'zh-CN'
  speak(l)
}
tell(first)
