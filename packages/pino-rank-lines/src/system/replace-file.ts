import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { useInside } from './use-inside.ts'

/** A file that is replaced as a whole. */
export interface ReplacedFile {
  path: string
  /** Permission bits, before the umask. */
  mode: number
  /** No symbolic link may lead out of this folder; undefined: those in the folders' names are followed. */
  within?: string | undefined
}

/**
 * Writes a file whole or not at all: writes a temporary file in the same folder, and renames it. A symbolic link that
 * has either name is replaced, never followed.
 *
 * @throws the system's error
 */
export function replaceFile({ path, mode, within }: ReplacedFile, text: string): void {
  const replace = (path: string) => {
    const writer = threadId === 0 ? process.pid : `${process.pid}-${threadId}` // two threads may replace the same file
    const temporary = join(dirname(path), `.${basename(path)}.${writer}.tmp`)
    rmSync(temporary, { force: true }) // a killed process may have had our number
    writeFileSync(temporary, text, { flag: 'wx', mode })
    renameSync(temporary, path)
  }
  if (within === undefined) replace(path)
  else useInside({ path, within, folders: undefined }, replace)
}
