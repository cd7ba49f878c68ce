import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { useInside } from './use-inside.ts'

/** A file that is replaced as a whole. */
export interface ReplacedFile {
  path: string
  /** Permission bits, before the umask. */
  mode: number
  /** No symbolic link may lead out of this folder. Undefined: links in the path of the folder are followed. */
  within?: string | undefined
}

/**
 * Replaces a file completely or not at all: writes a temporary file in the same folder, and renames it. If one of the two names
 * is a symbolic link, the link is replaced, never followed.
 *
 * @throws the system's error
 */
export function replaceFile({ path, mode, within }: ReplacedFile, text: string): void {
  const replace = (path: string) => {
    const writer = threadId === 0 ? process.pid : `${process.pid}-${threadId}` // two threads may replace the same file
    const temporary = join(dirname(path), `.${basename(path)}.${writer}.tmp`)
    rmSync(temporary, { force: true }) // a killed process with the same number may have left it
    try {
      writeFileSync(temporary, text, { flag: 'wx', mode })
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true }) // on a full disk it takes the room that others need
      throw error
    }
  }
  if (within === undefined) replace(path)
  else useInside({ path, within, folders: undefined }, replace)
}
