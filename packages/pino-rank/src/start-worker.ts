import pino from 'pino'
import type { DecidedTarget } from './gated-target.ts'
import type { ThreadStream } from './lazy-transport.ts'
import type { Levels } from './levels.ts'
import type { WorkerSettings } from './rank-transport.ts'

/** Starts a worker of pino's. One target gets every line; several get theirs by the levels that are built in here. */
export function startWorker(
  targets: readonly DecidedTarget[],
  { worker, sync, dedupe }: WorkerSettings,
  customLevels?: Levels,
): ThreadStream {
  const common = { worker, sync, levels: customLevels }
  const options =
    targets.length === 1
      ? { ...common, ...targets[0]?.target.built }
      : { ...common, dedupe, targets: targets.map(({ target, min }) => ({ ...target.built, level: min })) }
  return kept(pino.transport(options as never) as never as ThreadStream)
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
