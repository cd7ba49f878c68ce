import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { Living } from './living.ts'

interface Recording {
  dump(): void
}

const recordings = new Living<Recording>()
let listens = false

/**
 * Has `recording` dumped when this rank is to end because another failed first: `ranklog run` says so in the file that
 * RANKLOG_CAUSE_FILE names, before it sends SIGTERM. The process then ends as it would have without us.
 */
export function onFirstCause(recording: Recording, env: NodeJS.ProcessEnv = process.env): void {
  const path = env.RANKLOG_CAUSE_FILE
  if (!path || !isMainThread) return
  recordings.add(recording)
  if (listens) return
  listens = true
  const ended = () => {
    if (existsSync(path)) for (const recording of recordings) recording.dump()
    process.off('SIGTERM', ended)
    if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM')
  }
  process.prependListener('SIGTERM', ended) // before those that leave the end to others
}
