/** How a name looks when there is no picture: two letters and one of a few calm colours, always the same for a name. */
import { formatPhone } from './phone'

const HUES = 8

interface Person {
  readonly name: string | null
  readonly phone: string | null
}

/** How somebody is called: by name, or by number while we do not know it. */
export const callOf = (person: Person): string => person.name || formatPhone(person.phone)

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => /\p{L}/u.test(word))
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words
  return picked.map((word) => (/\p{L}/u.exec(word ?? '') ?? [''])[0].toLocaleUpperCase()).join('') || '#'
}

export function hueOf(name: string): number {
  let hash = 0
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return hash % HUES
}
