/* A sentence at the foot of the page that goes by itself; screen readers hear it. */
import { ref } from 'vue'

const text = ref('')
let clock = 0
export function useNotice() {
  const say = (s: string): void => {
    text.value = s
    clearTimeout(clock)
    clock = window.setTimeout(() => (text.value = ''), 6000)
  }
  return { text, say }
}
