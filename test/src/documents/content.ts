/** Comparisons of the output and the files of a block. */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expectEqual } from '../kit/checks.ts'

/** Parses a text as one JSON document, or else each line as one. */
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

/** Returns the field names of the documents, joined by commas, without repetitions. */
export const fieldsOf = (documents: readonly object[]): string[] =>
  [...new Set(documents.map((document) => Object.keys(document).join()))].sort()

/**
 * Compares a text with a pattern, or its records with a list of `RANK MESSAGE` in any order.
 *
 * @throws {Error} if they differ
 */
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

/** Returns the files below `dir` that match a path, in which `*` is any text without a slash. */
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
