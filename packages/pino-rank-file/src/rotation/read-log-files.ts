import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Found, type RotatedLog, relevantNames } from './retention-plan.ts'

/** Returns the state of the files that retention needs, by name. Throws the system's error if the folder cannot be read. */
export async function readLogFiles(folder: string, log: RotatedLog): Promise<Map<string, Found>> {
  const names = relevantNames(await readdir(folder), log)
  const stats = names.map((name) => lstat(join(folder, name)).then(stateOf, ignoreMissing))
  return mapOf(names, await Promise.all(stats))
}

/** Same as {@link readLogFiles}, but synchronous. */
export function readLogFilesSync(folder: string, log: RotatedLog): Map<string, Found> {
  const names = relevantNames(readdirSync(folder), log)
  const stats = names.map((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }))
  return mapOf(
    names,
    stats.map((stats) => stats && stateOf(stats)),
  )
}

function mapOf(names: string[], files: (Found | undefined)[]): Map<string, Found> {
  return new Map(names.flatMap((name, i) => (files[i] ? [[name, files[i]]] : [])))
}

function stateOf(stats: Stats): Found {
  const { dev, ino, size, mtimeMs, ctimeMs } = stats
  return { dev, ino, size, mtimeMs, ctimeMs, regular: stats.isFile() }
}

/** Ignores a file that was removed after the listing. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
