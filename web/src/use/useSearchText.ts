/* Search texts may be certificate numbers: they live in memory, never in an address and never on the disk. */
import { reactive } from 'vue'

const texts = reactive<Record<string, string>>({})
export const remember = (entity: string, text: string): void => void (texts[entity] = text)
export const searchText = (entity: string): string => texts[entity] ?? ''
