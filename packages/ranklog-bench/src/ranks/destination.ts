import { EventEmitter, once } from 'node:events'
import pino from 'pino'

/** Waits until the logger's worker thread is ready. Returns at once if it has none. */
export async function ready(log: pino.Logger): Promise<void> {
  const stream = destinationOf(log)
  if (stream && 'ready' in stream && stream.ready === false) await once(stream, 'ready')
}

/** Ends a logger's destination and waits until all its bytes are written. Returns at once if there is nothing to end. */
export async function close(log: pino.Logger): Promise<void> {
  const stream = destinationOf(log)
  if (!stream) return
  const closed = once(stream, 'close')
  stream.end()
  await closed
}

/** Returns a logger's destination if it is a stream. The destination of a gated rank is not one. */
function destinationOf(log: pino.Logger): (EventEmitter & { end(): void }) | undefined {
  const stream = (log as never as Record<symbol, unknown>)[pino.symbols.streamSym]
  return stream instanceof EventEmitter ? (stream as EventEmitter & { end(): void }) : undefined
}
