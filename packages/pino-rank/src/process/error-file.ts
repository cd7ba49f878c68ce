import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { thrownText } from '../errors/index.ts'
import { absolutePath, workingDirectory } from './absolute-path.ts'
import { dumpRecordings } from './recordings.ts'

/**
 * The folder against which the launcher's file name is resolved. It is the launcher's folder unless the program changed its own
 * before it loaded this module.
 */
const startedIn = workingDirectory()

/**
 * Reports to the launcher why this rank ends, so that the launcher can find the first cause. Writes the file that
 * TORCHELASTIC_ERROR_FILE names (set by torchrun and `ranklog run`), in torchrun's format, completely or not at all. An existing
 * file is not replaced, because later errors of a process only follow from the first. Flight recorders are written too. Call it
 * in a handler of 'uncaughtException', or in a catch around the program. Never throws.
 *
 * @returns false if the variable is not set, if there is an error file already, or if it could not be written
 */
export function writeErrorFile(error: unknown, env: NodeJS.ProcessEnv = process.env): boolean {
  dumpRecordings()
  const name = env.TORCHELASTIC_ERROR_FILE
  if (!name) return false
  const path = absolutePath(name, startedIn)
  if (existsSync(path)) return false
  const { text, stack = text } = describe(error)
  const timestamp = String(Math.floor(Date.now() / 1000)) // torchrun takes only whole seconds, as text
  const extraInfo = { py_callstack: stack, timestamp }
  const temporary = `${path}.${process.pid}`
  try {
    writeFileSync(temporary, JSON.stringify({ message: { message: text, extraInfo } }), { flag: 'wx' })
    renameSync(temporary, path)
    return true
  } catch {
    rmSync(temporary, { force: true })
    return false
  }
}

/** Returns text for any thrown value, also for an error whose fields throw. */
function describe(thrown: unknown): { text: string; stack?: string } {
  try {
    const error = thrown instanceof Error ? thrown : new Error(thrownText(thrown))
    const { stack } = error
    return { text: thrownText(error), ...(typeof stack === 'string' && { stack }) }
  } catch {
    return { text: `Error: ${thrownText(thrown)}` }
  }
}
