import { createHash } from 'node:crypto'

/** Maximum length of a key, in Unicode characters. */
const maxLength = 250

/** Matches most names that need no change. */
const plain = /^[\w\-: ]+(?:\/[\w\-: ]+)*$/

/**
 * Returns the key for a metric or a parameter. A name that MLflow accepts is its own key. Every other character becomes
 * `_xHHHH_`, its Unicode number, as Excel and .NET write such names.
 *
 * No two names get the same key. If a name already contains such a sequence, its `_` is written as `_x005F_`. A name that is
 * too long is cut and ends in a hash.
 *
 * MLflow accepts letters and digits of all scripts and `_-.: /`, at most 250 characters. The name must also be a normalized path.
 */
export function mlflowKey(name: string): string {
  if (name.length <= maxLength && plain.test(name) && !name.includes('_x')) return name
  const key = name
    .replace(/_(?=x[0-9A-F]{0,6}_)/g, escapeCharacter)
    .replace(/[^\p{L}\p{N}_\-.: /]/gu, escapeCharacter)
    .replace(/^\.(?=\.)|(?<=^|\/)\.(?=\/|$)|(?<=\/)\.(?=\.(?:\/|$))/g, escapeCharacter)
    .replace(/^\/|(?<=\/)\/|\/$/g, escapeCharacter)
  return shorten(key || '_x_', name)
}

/** Returns the key as part of a file name that any artifact store accepts. */
export function artifactName(name: string): string {
  return mlflowKey(name)
    .split('/')
    .map((part) => (Buffer.byteLength(part) <= 150 ? part : `${cut(part, 40)}_${hashOf(part)}`))
    .join('/')
}

function escapeCharacter(character: string): string {
  const number = (character.codePointAt(0) as number).toString(16).toUpperCase()
  return `_x${number.padStart(4, '0')}_`
}

function shorten(key: string, name: string): string {
  return [...key].length <= maxLength ? key : `${cut(key, maxLength - 13)}_${hashOf(name)}`
}

function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('')
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12)
}
