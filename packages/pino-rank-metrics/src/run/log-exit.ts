import { atExitFirst } from 'pino-rank/process'
import { workerStream } from '../pino-internals.ts'

/** What {@link logExit} asks of a pino logger. */
export interface InfoLog {
  info(fields: object): void
}

/**
 * Logs `{ run: { exitCode } }` when the process exits, so that metric sinks in a worker learn how the run ended. It does so
 * before pino's own listener closes its transports, and before `transport.end()` ends a transport. `rankLogger` does this by
 * itself. Returns a function that undoes it.
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
 * Calls `task` before the logger's worker is ended. A stream on the main thread needs no call, because it sees the exit itself.
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
