import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { thrownText } from '../errors/index.ts'
import { absolutePath, workingDirectory } from './absolute-path.ts'
import { dumpRecordings } from './recordings.ts'

/** The launcher's file name is relative to this folder, provided the program changed no folder before it loaded this module. */
const startedIn = workingDirectory()

/**
 * Tells the launcher why this rank ends, so that it can say which rank failed first: in the file that TORCHELASTIC_ERROR_FILE
 * names (set by torchrun and `ranklog run`), in torchrun's format, whole or not at all. The first error stays: what comes after it
 * in a process only follows. Flight recorders are written, too. For a handler of 'uncaughtException' or a catch around the program;
 * throws nothing itself.
 *
 * @returns false: no launcher asks for it, there is one already, or it could not be written
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
