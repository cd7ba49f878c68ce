/** The undocumented parts of pino that this package uses. */
import { symbols } from 'pino'

/**
 * Returns the stream through which a logger writes to pino's worker. Returns undefined if the logger writes on the main thread.
 *
 * Since pino 9.0: `symbols.streamSym`, and `worker` of thread-stream's streams. Replacement: none; no public API returns a
 * logger's stream. Test: `metric-stream.test.ts`.
 */
export function workerStream(log: object): { end(): void } | undefined {
  const stream = (log as { [symbols.streamSym]?: { end(): void } })[symbols.streamSym]
  return stream && 'worker' in stream ? stream : undefined
}
