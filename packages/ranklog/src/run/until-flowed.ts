import { setTimeout as pauseFor } from 'node:timers/promises'
import type { Flow } from './run-output.ts'

/** After this silence, in ms, a stream that a process outside of its rank's group holds open is abandoned. */
const maxSilenceMs = 1000

/**
 * Resolves when the output is complete, or after a silence: nothing was read from the ranks, and no write is pending. Then only
 * processes that outlive their ranks hold the streams open. It waits for a slow reader as long as that takes.
 *
 * @param pause resolves after the silence, or when its signal aborts
 */
export async function untilFlowed(
  output: Promise<void>,
  flow: Readonly<Flow>,
  pause: (signal: AbortSignal) => Promise<unknown> = (signal) => pauseFor(maxSilenceMs, undefined, { signal }),
): Promise<void> {
  const completed = new AbortController()
  const done = output.finally(() => completed.abort())
  for (let seen = -1; !completed.signal.aborted; seen = flow.bytes) {
    await Promise.race([done, pause(completed.signal).catch(() => {})])
    if (flow.writing === 0 && flow.bytes === seen) return
  }
}
