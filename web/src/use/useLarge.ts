/* 大字: one switch, kept on this computer. */
import { ref, watchEffect } from 'vue'

const on = ref(localStorage.getItem('large') === 'yes')
watchEffect(() => {
  document.documentElement.toggleAttribute('data-large', on.value)
  localStorage.setItem('large', on.value ? 'yes' : 'no')
})
export const useLarge = () => on
