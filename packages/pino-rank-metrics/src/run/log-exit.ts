import { atExitFirst } from 'pino-rank/process'
import { workerStream } from '../pino-internals.ts'

/** The part of a pino logger that {@link logExit} uses. */
export interface InfoLog {
  info(fields: object): void
}

/**
 * Logs `{ run: { exitCode } }` when the process exits, so that metric sinks in a worker know how the run ended. The record is
 * logged before pino's own exit listener closes the transports, and before `transport.end()`. Do not call it for a `rankLogger`,
 * which passes the exit code itself. Returns a function that removes the listeners.
 */
export function logExit(log: InfoLog): () => void {
  let isExiting = false
  const forgetExit = atExitFirst((exitCode) => {
    isExiting = true
    log.info({ run: { exitCode } })
  })
  const forgetEnd = beforeEnd(log, () => {
    if (!isExiting) log.info({ run: { exitCode: Number(process.exitCode ?? 0) } })
  })
  return () => {
    forgetExit()
    forgetEnd()
  }
}

/**
 * Calls `task` before the logger's worker is ended. Returns a function that undoes this. Does nothing for a stream on the main
 * thread, which sees the exit itself.
 */
function beforeEnd(log: object, task: () => void): () => void {
  const stream = workerStream(log)
  if (!stream) return () => {}
  const end = stream.end
  stream.end = function () {
    task()
    return end.call(this)
  }
  return () => {
    stream.end = end
  }
}
