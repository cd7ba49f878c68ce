import pino from 'pino'
import type { ThreadStream } from './lazy-transport.ts'
import type { Levels } from './levels.ts'

/** A stream, and the least level that goes to it. */
export interface Route {
  level: number
  stream: pino.DestinationStream
}

/** pino's multistream, with the `flush` that it lacks: of all that is `known`, routed to or not. */
export function several(
  routes: Route[],
  known: ReadonlySet<pino.DestinationStream>,
  dedupe = false,
  levels?: Levels,
): pino.DestinationStream {
  const flush = (done: (error?: Error | null) => void) => {
    let waiting = 1
    const one = (error?: Error | null) => {
      waiting -= 1
      if (error || waiting === 0) done(error)
    }
    for (const stream of known as ReadonlySet<Partial<ThreadStream>>) {
      if (!stream.flush) continue
      waiting += 1
      stream.flush(one)
    }
    one()
  }
  return Object.assign(pino.multistream(routes as never, { dedupe, levels: { ...levels } }), { flush })
}
