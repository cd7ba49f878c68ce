import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import pino from 'pino'
import type { ThreadStream } from '../pino-internals.ts'
import { descriptorShortage } from '../process/index.ts'
import type { Levels } from '../record/index.ts'
import { modulePath } from '../sink/index.ts'
import { batchWrites } from './batch-writes.ts'
import type { DecidedTarget } from './gated-target.ts'
import type { WorkerSettings } from './rank-transport.ts'

/** Number of file descriptors that a worker thread and its target's file need, with some to spare. */
const neededDescriptors = 10

/**
 * Starts a worker of pino. A single target gets every line. Several targets get lines by the levels given here.
 *
 * @throws if the worker could not run: a target's file no longer exists, or no file descriptor is free. The worker itself would
 * report it too late for a process that is exiting, and that process would wait for it.
 */
export function startWorker(
  targets: readonly DecidedTarget[],
  { worker, sync, dedupe }: WorkerSettings,
  customLevels?: Levels,
): ThreadStream {
  checkFiles(targets)
  checkDescriptors()
  const common = { worker, sync, levels: customLevels }
  const options =
    targets.length === 1
      ? { ...common, ...targets[0]?.target.built }
      : { ...common, dedupe, targets: targets.map(({ target, min }) => ({ ...target.built, level: min })) }
  const stream = pino.transport(options as never) as never as ThreadStream
  return batchWrites(holdUntilClosed(stream), sync ? 0 : Math.min(...targets.map(({ target }) => target.batchMs ?? 0)))
}

function checkFiles(targets: readonly DecidedTarget[]): void {
  for (const { target } of targets) {
    const { built } = target
    const names = built && 'pipeline' in built ? built.pipeline.map((step) => step.target) : [built?.target ?? '']
    const paths = names.map(modulePath).filter(isAbsolute)
    const missing = paths.find((path) => !existsSync(path))
    if (missing)
      throw Object.assign(new Error(`ENOENT: the target's module ${missing} no longer exists`), { code: 'ENOENT' })
  }
}

function checkDescriptors(): void {
  const code = descriptorShortage(neededDescriptors)
  if (!code) return
  const message = `${code}: too many open files for a worker thread; raise the limit of open files (ulimit -n)`
  throw Object.assign(new Error(message), { code })
}

const open = new Set<ThreadStream>()

/**
 * Keeps a reference to a worker's stream until the stream closes. pino itself has only weak references to it. When a script has
 * run to its end, nothing refers to its logger any more. The logger might be collected, and with it the worker and the lines in
 * it.
 */
function holdUntilClosed(stream: ThreadStream): ThreadStream {
  open.add(stream)
  return stream.once('close', () => open.delete(stream))
}
