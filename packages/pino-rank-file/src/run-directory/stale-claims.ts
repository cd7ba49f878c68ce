import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { pidExists, pidNamespaceKey } from 'pino-rank/process'
import { fileSystemOf } from 'pino-rank-lines/system'
import { runMarkName } from './run-mark.ts'

const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_RDONLY } = constants

/**
 * Returns a hidden name for a directory that this process is making, or for the file by which it reads the folder's clock. It has
 * the process number, and a key of the boot and namespace in which that number is valid.
 */
export function claimName(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto') // loaded on demand, because a rank that never claims does not need its memory
  return `.claim-${process.pid}-${pidNamespaceKey() ?? 'unknown'}-${randomBytes(8).toString('hex')}`
}

/**
 * Removes the directories and clock files of processes that died while they made them. It removes only what is certainly dead,
 * without a lock or a wait. The number in the name was given under this boot and in this process's namespace, and no process
 * has it now. The file system is local, so no other system makes directories in it. The directory or file is ours. What an
 * earlier boot or another container left stays. So does everything on a network file system, and on systems other than
 * Linux.
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

/**
 * Removes a clock file, which has at most one byte, or a directory. A directory is removed through its descriptor, so that a link in
 * its place leads nowhere.
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
