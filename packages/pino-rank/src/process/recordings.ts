import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { absolutePath } from './absolute-path.ts'
import { endBySignal } from './exit-hooks.ts'
import { WeakIterable } from './weak-iterable.ts'

interface Recording {
  dump(): void
}

const recordings = new WeakIterable<Recording>()
let listens = false

/**
 * Has `recording` dumped when this rank fails by an exception that nobody catches, when it tells its error to the launcher, and when it
 * is to end because another failed first: `ranklog run` says so in the file that RANKLOG_CAUSE_FILE names, before it sends SIGTERM. The
 * process then ends as it would have without us.
 */
export function onFailure(recording: Recording, env: NodeJS.ProcessEnv = process.env): void {
  recordings.add(recording)
  if (listens) return
  listens = true
  process.on('uncaughtExceptionMonitor', dumpRecordings)
  if (!env.RANKLOG_CAUSE_FILE || !isMainThread) return
  const path = absolutePath(env.RANKLOG_CAUSE_FILE)
  const onTerminate = () => {
    if (existsSync(path)) dumpRecordings()
    endBySignal('SIGTERM', onTerminate)
  }
  process.prependListener('SIGTERM', onTerminate) // before those that leave the end to others
}

/** Writes what all recorders of this process hold. Throws nothing: there is an error already. */
export function dumpRecordings(): void {
  for (const recording of recordings) {
    try {
      recording.dump()
    } catch {
      // a hook of the user's, or its target: the others have theirs
    }
  }
}
