/** What a block of a README has printed or left. */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expectEqual } from '../kit/checks.ts'

/** Returns the one document of a text, or one of each line. */
export function jsonOf(text: string): object[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
}

/** Returns the names of fields, of each kind of document once. */
export const fieldsOf = (documents: readonly object[]): string[] =>
  [...new Set(documents.map((document) => Object.keys(document).join()))].sort()

/** @throws {Error} if a text does not match, or its records, as `RANK MESSAGE` in any order, are others */
export function compare(what: string, text: string, expected: RegExp | readonly string[]): void {
  if (!(expected instanceof RegExp)) expectEqual({ [what]: recordsOf(text) }, { [what]: [...expected].sort() })
  else if (!expected.test(text)) throw new Error(`${what} does not match ${expected}:\n${text.slice(0, 2000)}`)
}

function recordsOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines
    .map((line) => JSON.parse(line))
    .map(({ rank, msg }) => `${rank} ${msg}`)
    .sort()
}

/** Returns the files below `dir` that a path names, in which `*` is any text within a name. */
export function matching(dir: string, path: string): string[] {
  const pattern = new RegExp(`^${path.replace(/[.+()]/g, '\\$&').replaceAll('*', '[^/]*')}$`)
  const [first = ''] = path.split('*')
  const top = first.includes('/') ? dirname(`${first}x`) : '.'
  try {
    const names = readdirSync(join(dir, top), { recursive: path.includes('/') }).map((name) => join(top, String(name)))
    return names.filter((name) => pattern.test(name)).map((name) => join(dir, name))
  } catch {
    return []
  }
}
