import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pidNamespaceKey, processState, thisProcess } from 'pino-rank/process'

const pattern = /^ranklog-run-([1-9]\d*)-(\d+)-([0-9a-f]{16})-/

/**
 * Creates a folder for this run in the temporary folder, after it has removed the folders of killed runs. On Linux, the name has
 * the PID, the start time, and a key of the boot and PID namespace in which these are valid. So only folders of processes that
 * are certainly gone are removed. Folders of an earlier boot or of another container are not removed.
 *
 * @throws the system's error if it cannot be created
 */
export function createRunFolder(base: string = tmpdir()): string {
  const key = pidNamespaceKey()
  if (key !== undefined) removeLeftovers(base, key)
  const { pid, startTime } = thisProcess()
  return mkdtempSync(join(base, key === undefined ? 'ranklog-run-' : `ranklog-run-${pid}-${startTime}-${key}-`))
}

function removeLeftovers(base: string, here: string): void {
  for (const name of namesIn(base)) {
    const [, pid, startTime = '', key] = pattern.exec(name) ?? []
    if (key !== here || processState({ ...thisProcess(), pid: Number(pid), startTime }) !== 'gone') continue
    const path = join(base, name)
    try {
      const found = lstatSync(path)
      if (found.isDirectory() && found.uid === process.getuid?.()) rmSync(path, { recursive: true, force: true })
    } catch {
      // another run is removing the same folder
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // this user may not list it
  }
}
