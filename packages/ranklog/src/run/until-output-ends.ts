import { setTimeout as pauseFor } from 'node:timers/promises'
import type { OutputProgress } from './run-output.ts'

/**
 * How long to wait for output after the ranks have ended, in ms. A process outside of its rank's group may still have a stream of
 * the rank open, and may never close it.
 */
const maxSilenceMs = 1000

/**
 * Called when all ranks have ended. Resolves when the output is complete, or after a silence in which nothing was read from the
 * ranks and no write was pending: then only processes that outlive their ranks still have streams open. It waits without limit
 * for a slow reader.
 *
 * @param pause resolves after the silence, or when its signal aborts
 */
export async function untilOutputEnds(
  output: Promise<void>,
  progress: Readonly<OutputProgress>,
  pause: (signal: AbortSignal) => Promise<unknown> = (signal) => pauseFor(maxSilenceMs, undefined, { signal }),
): Promise<void> {
  const completed = new AbortController()
  const done = output.finally(() => completed.abort())
  for (let seen = -1; !completed.signal.aborted; seen = progress.bytesRead) {
    await Promise.race([done, pause(completed.signal).catch(() => {})])
    if (progress.pendingWrites === 0 && progress.bytesRead === seen) return
  }
}
