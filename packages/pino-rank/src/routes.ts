import pino from 'pino'
import type { GatedTarget } from './gated-target.ts'
import { LazyTransport, type ThreadStream } from './lazy-transport.ts'
import type { Levels } from './levels.ts'
import type { WorkerSettings } from './rank-transport.ts'

interface Route {
  level: number
  stream: pino.DestinationStream
}

/**
 * The destination behind a logger: each record goes to every target whose level it reaches. Targets of pino's share
 * one worker, started now where one of them is open on this rank. Where none is, our own sinks append from this
 * thread and the others wait for their first record.
 */
export function routeTo(
  targets: GatedTarget[],
  settings: WorkerSettings,
  customLevels?: Levels,
): pino.DestinationStream {
  const streams = targets.flatMap(({ stream, min }) => (stream ? [{ level: min, stream }] : []))
  const built = targets.filter((target) => target.built)
  const working = built.some((target) => target.open)
  const appended = working
    ? []
    : built.flatMap(({ append, min }) => (append ? [{ level: min, stream: appending(append) }] : []))
  const threaded = working ? built : built.filter((target) => !target.append)
  const start = () => kept(pino.transport(transportOptions(threaded, settings, customLevels)) as never as ThreadStream)
  const worker =
    threaded.length === 0 ? [] : [{ level: least(threaded), stream: working ? start() : new LazyTransport(start) }]
  const routes: Route[] = [...streams, ...appended, ...worker]
  const [only] = routes
  // on an open rank levels are pino's to set, also below ours; behind a gate a child's lower level must not open it
  if (only && routes.length === 1 && targets.some((target) => target.open)) return only.stream
  return several(routes, settings.dedupe, customLevels)
}

const open = new Set<ThreadStream>()

/**
 * Holds a worker's stream until it closes. pino only has weak references to it: a logger that nothing refers to any
 * more, as a script's is once it has run to its end, may be collected, and its worker with the lines that it holds.
 */
function kept(stream: ThreadStream): ThreadStream {
  open.add(stream)
  return stream.once('close', () => open.delete(stream))
}

/** pino's multistream, with the `flush` that it lacks. */
function several(routes: Route[], dedupe = false, levels?: Levels): pino.DestinationStream {
  const streams = routes.map(({ stream }) => stream as Partial<ThreadStream>)
  const flush = (done: (error?: Error | null) => void) => {
    let waiting = 1
    const one = (error?: Error | null) => {
      waiting -= 1
      if (error || waiting === 0) done(error)
    }
    for (const stream of streams) {
      if (!stream.flush) continue
      waiting += 1
      stream.flush(one)
    }
    one()
  }
  return Object.assign(pino.multistream(routes as never, { dedupe, levels: { ...levels } }), { flush })
}

function appending(append: (line: string) => void): pino.DestinationStream {
  return { write: append }
}

function transportOptions(
  targets: GatedTarget[],
  { worker, sync, dedupe }: WorkerSettings,
  customLevels?: Levels,
): never {
  const common = { worker, sync, levels: customLevels }
  if (targets.length === 1) return { ...common, ...targets[0]?.built } as never
  return { ...common, dedupe, targets: targets.map(({ built, min }) => ({ ...built, level: min })) } as never
}

function least(targets: GatedTarget[]): number {
  return Math.min(Infinity, ...targets.map(({ min }) => min))
}
