import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { makeRunFolder } from '../../packages/ranklog-bench/dist/disks/index.js'
import { endDescendants } from './descendants.ts'

/**
 * Makes a folder on the disk under test. It is removed when this process exits, also by a signal or an exception; what this
 * process has started is ended before.
 *
 * @throws {Error} if `dir` is not there, or is no folder
 */
export function ownFolder(dir: string): string {
  checkFolder('--dir', dir)
  process.on('exit', endDescendants)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      endDescendants() // before what they write to is unmounted
      process.exit(128 + constants.signals[signal])
    })
  }
  return makeRunFolder(dir).dir
}

/** @param option names it in the error @throws {Error} that says what to do */
export function checkFolder(option: string, folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found) throw new Error(`${option}: there is no folder ${folder}. Make it first, or name one that exists`)
  if (!found.isDirectory()) throw new Error(`${option}: ${folder} is no folder. Name one`)
}
