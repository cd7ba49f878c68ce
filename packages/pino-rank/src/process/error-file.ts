import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { thrownText } from '../errors/index.ts'
import { absolutePath, workingDirectory } from './absolute-path.ts'
import { dumpRecordings } from './recordings.ts'

/** The launcher's file name is relative to this folder, provided the program changed no folder before it loaded this module. */
const startedIn = workingDirectory()

/**
 * Reports to the launcher why this rank ends, so that it can find the first cause. Writes the file that
 * TORCHELASTIC_ERROR_FILE names (set by torchrun and `ranklog run`), in torchrun's format, as a whole or not at all.
 * The first error stays, because later errors of a process only follow from it. Flight recorders are written too. Call
 * it in a handler of 'uncaughtException', or in a catch around the program. It throws nothing.
 *
 * @returns false if no launcher asks for it, if there is an error already, or if it could not be written
 */
export function writeErrorFile(error: unknown, env: NodeJS.ProcessEnv = process.env): boolean {
  dumpRecordings()
  const named = env.TORCHELASTIC_ERROR_FILE
  if (!named) return false
  const path = absolutePath(named, startedIn)
  if (existsSync(path)) return false
  const { text, stack = text } = describe(error)
  const timestamp = String(Math.floor(Date.now() / 1000)) // whole seconds, as text: torchrun takes nothing else
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
