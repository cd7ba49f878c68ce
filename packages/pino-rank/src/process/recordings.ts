import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { absolutePath } from './absolute-path.ts'
import { beforeDeathBy } from './exit-hooks.ts'
import { WeakIterable } from './weak-iterable.ts'

interface Recording {
  dump(): void
}

const recordings = new WeakIterable<Recording>()
let isListening = false

/**
 * Dumps `recording` when this rank fails by an uncaught exception, when it writes its error for the launcher, and when it must
 * end because another rank failed first. In the last case `ranklog run` writes the file named by RANKLOG_CAUSE_FILE before it
 * sends SIGTERM. The process then ends as it would have ended without this function.
 */
export function onFailure(recording: Recording, env: NodeJS.ProcessEnv = process.env): void {
  recordings.add(recording)
  if (isListening) return
  isListening = true
  process.on('uncaughtExceptionMonitor', dumpRecordings)
  if (!env.RANKLOG_CAUSE_FILE || !isMainThread) return
  const path = absolutePath(env.RANKLOG_CAUSE_FILE)
  // before the sinks end
  const dump = () => {
    if (existsSync(path)) dumpRecordings()
  }
  beforeDeathBy('SIGTERM', dump, true)
}

/** Writes the held records of all recorders of this process. Never throws, because the process is failing already. */
export function dumpRecordings(): void {
  for (const recording of recordings) {
    try {
      recording.dump()
    } catch {
      // a hook or a target of the user failed; the other recorders are still dumped
    }
  }
}
