import { fstatSync, lstatSync, statSync } from 'node:fs'
import type { LogSource } from './find-sources.ts'

/** Which regular file it is: a text that is the same for all its names. Undefined: none. */
export function fileId(file: string | number): string | undefined {
  try {
    const found = typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true })
    return found.isFile() ? `${found.dev} ${found.ino}` : undefined
  } catch {
    return undefined
  }
}

/**
 * Keeps one name of each file: `current.log` may be a link to a log, and a rank that was killed while it rotated leaves its log with
 * two names. A symbolic link goes first, then a later source's name, then a rotated name.
 *
 * @param sources in order
 */
export function eachFileOnce(sources: readonly LogSource[]): LogSource[] {
  const kept = new Map<string, string>()
  const named = sources.flatMap(({ files }) => files.toReversed())
  for (const file of [...named.filter((file) => !isLink(file)), ...named]) {
    const id = fileId(file)
    if (id !== undefined && !kept.has(id)) kept.set(id, file)
  }
  const isKept = (file: string) => (kept.get(fileId(file) ?? '') ?? file) === file
  return sources
    .map((source) => ({ ...source, files: source.files.filter(isKept) }))
    .filter(({ files }) => files.length > 0)
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
