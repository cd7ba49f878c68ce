import { setTimeout as pauseFor } from 'node:timers/promises'
import type { Flow } from './run-output.ts'

/** After this silence, in ms, a stream is abandoned that a process outside of its rank's group still has open. */
const maxSilenceMs = 1000

/**
 * Resolves when the output is complete, or after a silence in which nothing was read from the ranks and no write was pending.
 * Then only processes that outlive their ranks have the streams open. It waits without limit for a slow reader.
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
