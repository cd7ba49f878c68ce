import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Found, type RotatedLog, relevantNames } from './retention-plan.ts'

/** Returns the files of a log's folder that retention has to know. Throws what reading the folder throws. */
export async function readLogFiles(folder: string, log: RotatedLog): Promise<Map<string, Found>> {
  const names = relevantNames(await readdir(folder), log)
  const stats = names.map((name) => lstat(join(folder, name)).then(found, ignoreMissing))
  return mapOf(names, await Promise.all(stats))
}

/** Does the same on this thread. */
export function readLogFilesSync(folder: string, log: RotatedLog): Map<string, Found> {
  const names = relevantNames(readdirSync(folder), log)
  const stats = names.map((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }))
  return mapOf(
    names,
    stats.map((stats) => stats && found(stats)),
  )
}

function mapOf(names: string[], files: (Found | undefined)[]): Map<string, Found> {
  return new Map(names.flatMap((name, i) => (files[i] ? [[name, files[i]]] : [])))
}

function found(stats: Stats): Found {
  const { dev, ino, size, mtimeMs, ctimeMs } = stats
  return { dev, ino, size, mtimeMs, ctimeMs, regular: stats.isFile() }
}

/** It may be gone since the listing. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
