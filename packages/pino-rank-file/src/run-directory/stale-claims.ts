import { closeSync, constants, fstatSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { pidExists, pidNamespaceKey } from 'pino-rank/process'
import { fileSystemOf } from 'pino-rank-lines/system'
import { runMarkName } from './run-mark.ts'

const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_RDONLY } = constants

/** A hidden name for a directory of this process that is being made: who makes it, by a number, and where that number counts. */
export function claimName(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto') // loaded on demand, because a rank that never claims does not need its memory
  return `.claim-${process.pid}-${pidNamespaceKey() ?? 'unknown'}-${randomBytes(8).toString('hex')}`
}

/**
 * Removes what claimers left that died before they were done. Only what is certain, without a lock or a wait: the number
 * in the name was given under this boot in this process's own namespace, the system knows no process of that number any
 * more, the file system is a local one, so that no other system makes directories in it, and the directory is ours. So
 * what is left of an earlier boot, of another container, on a network file system, and elsewhere than on Linux stays.
 *
 * @param uid the owner that our own files have there
 */
export function removeStaleClaims(base: string, uid: number): void {
  const here = pidNamespaceKey()
  if (here === undefined) return
  const stale = readdirSync(base).filter((name) => isStale(name, here))
  if (stale.length === 0 || fileSystemOf(base).kind !== 'local') return
  for (const name of stale) {
    try {
      remove(join(base, name), uid)
    } catch {
      // a link, gone, or with something of somebody's in it: it is hidden, and harms nobody
    }
  }
}

function isStale(name: string, here: string): boolean {
  const [, pid, where] = /^\.claim-([1-9]\d*)-([0-9a-f]{16})-[0-9a-f]{16}$/.exec(name) ?? []
  return where === here && !pidExists(Number(pid))
}

/** Through its descriptor: a link that somebody puts in its place leads nowhere. */
function remove(directory: string, uid: number): void {
  const fd = openSync(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  try {
    const { uid: owner } = fstatSync(fd)
    if (owner !== uid) return
    if (readdirSync(`/proc/self/fd/${fd}`).includes(runMarkName)) unlinkSync(`/proc/self/fd/${fd}/${runMarkName}`)
  } finally {
    closeSync(fd)
  }
  rmdirSync(directory)
}
