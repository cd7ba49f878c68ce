import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { pidExists, pidNamespaceKey } from 'pino-rank/process'
import { fileSystemOf } from 'pino-rank-lines/system'
import { runMarkName } from './run-mark.ts'

const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_RDONLY } = constants

/**
 * Returns a hidden name for a directory that this process is making, or for the probe file that reads the folder's clock.
 * The name contains the process id, and a key of the boot and PID namespace in which that id is valid.
 */
export function claimName(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto') // loaded on demand: saves memory in ranks that never claim
  return `.claim-${process.pid}-${pidNamespaceKey() ?? 'unknown'}-${randomBytes(8).toString('hex')}`
}

/**
 * Removes hidden directories and probe files whose process has died. It takes no lock, and removes only what is certainly
 * stale:
 * - the process id belongs to this boot and PID namespace, and no process has it now;
 * - the file system is local, so no other machine makes claims there;
 * - the directory or file belongs to our user.
 *
 * Leftovers of an earlier boot or of another container stay. On systems other than Linux nothing is removed.
 *
 * @param uid the owner of our own files on that file system
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
      // a symbolic link, already gone, or not empty: a hidden leftover does no harm
    }
  }
}

function isStale(name: string, here: string): boolean {
  const [, pid, where] = /^\.claim-([1-9]\d*)-([0-9a-f]{16})-[0-9a-f]{16}$/.exec(name) ?? []
  return where === here && !pidExists(Number(pid))
}

/**
 * Removes a probe file, which has at most one byte, or a directory with its mark. The mark is removed through the
 * directory's descriptor, so a symbolic link that replaces the directory is not followed.
 */
function remove(path: string, uid: number): void {
  const found = lstatSync(path)
  if (!found.isFile()) removeDirectory(path, uid)
  else if (found.uid === uid && found.size <= 1) unlinkSync(path)
}

function removeDirectory(directory: string, uid: number): void {
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
