import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { constants, hostname } from 'node:os'
import { join } from 'node:path'
import { endDescendants } from './descendants.ts'

/** The names of our folders begin with this host's; another host may share the disk, and its processes are unknown here. */
const host = hostname().replaceAll(/[^\w.]/g, '_')

/** Names the folders of this host: its first group is the process. */
export const ownFolderName: RegExp = new RegExp(`^rank-bench-${host.replaceAll('.', '\\.')}-(\\d+)-\\w+$`)

/**
 * Makes a folder on the disk under test. It is removed when this process exits, also by a signal or an exception.
 *
 * @throws {Error} if `dir` is not there, or is no folder
 */
export function ownFolder(dir: string): string {
  checkFolder('--dir', dir)
  const own = mkdtempSync(join(dir, `rank-bench-${host}-${process.pid}-`))
  process.on('exit', () => {
    endDescendants()
    removeFolder(own)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      endDescendants() // before what they write to is unmounted
      process.exit(128 + constants.signals[signal])
    })
  }
  return own
}

/** Removes a folder, in which the children of a killed run may still be writing their last file. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
}

/** @param option names it in the error @throws {Error} that says what to do */
export function checkFolder(option: string, folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found) throw new Error(`${option}: there is no folder ${folder}. Make it first, or name one that exists`)
  if (!found.isDirectory()) throw new Error(`${option}: ${folder} is no folder. Name one`)
}
