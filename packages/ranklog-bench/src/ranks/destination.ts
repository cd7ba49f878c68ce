import { EventEmitter, once } from 'node:events'
import pino from 'pino'

/** Waits until a logger's worker, if it has one, takes lines. */
export async function ready(log: pino.Logger): Promise<void> {
  const stream = destinationOf(log)
  if (stream && 'ready' in stream && stream.ready === false) await once(stream, 'ready')
}

/** Ends a logger's destination and waits until all its bytes are written. */
export async function close(log: pino.Logger): Promise<void> {
  const stream = destinationOf(log)
  if (!stream) return
  const closed = once(stream, 'close')
  stream.end()
  await closed
}

/** A gated rank's destination is none of these: it has nothing to wait for. */
function destinationOf(log: pino.Logger): (EventEmitter & { end(): void }) | undefined {
  const stream = (log as never as Record<symbol, unknown>)[pino.symbols.streamSym]
  return stream instanceof EventEmitter ? (stream as EventEmitter & { end(): void }) : undefined
}
