import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { makeRunFolder } from '../../packages/ranklog-bench/dist/disks/index.js'
import { endDescendants } from './descendants.ts'

/**
 * Creates a folder in `dir` for this run. When the process exits, also by a signal or an exception, its descendants are ended and the
 * folder is removed.
 *
 * @throws {Error} if `dir` is not an existing folder
 */
export function ownFolder(dir: string): string {
  checkFolder('--dir', dir)
  process.on('exit', endDescendants)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      endDescendants() // the disk that they write to is unmounted at the exit
      process.exit(128 + constants.signals[signal])
    })
  }
  return makeRunFolder(dir).dir
}

/** Checks that a folder exists. @param option name of the option, for errors @throws {Error} with what to do */
export function checkFolder(option: string, folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found) throw new Error(`${option}: the folder ${folder} does not exist. Create it, or name another one`)
  if (!found.isDirectory()) throw new Error(`${option}: ${folder} is not a folder. Name a folder`)
}
