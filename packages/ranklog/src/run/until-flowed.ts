import { setTimeout as pauseFor } from 'node:timers/promises'
import type { Flow } from './run-output.ts'

/** A stream that something outside of its rank's group holds open is left after such a silence, in ms. */
const maxSilenceMs = 1000

/**
 * Resolves when the output is complete, or when for a while nothing was read from the ranks and nothing waits for a reader of ours:
 * then only processes that outlive their ranks hold the streams open. A slow reader is waited for as long as it takes.
 *
 * @param pause resolves after the silence, or at the abort of its signal
 */
export async function untilFlowed(
  output: Promise<void>,
  flow: Readonly<Flow>,
  pause: (signal: AbortSignal) => Promise<unknown> = (signal) => pauseFor(maxSilenceMs, undefined, { signal }),
): Promise<void> {
  const over = new AbortController()
  const done = output.finally(() => over.abort())
  for (let seen = -1; !over.signal.aborted; seen = flow.bytes) {
    await Promise.race([done, pause(over.signal).catch(() => {})])
    if (flow.writing === 0 && flow.bytes === seen) return
  }
}
