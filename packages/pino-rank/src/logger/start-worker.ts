import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import pino from 'pino'
import type { ThreadStream } from '../pino-internals.ts'
import { lackOfDescriptors } from '../process/index.ts'
import type { Levels } from '../record/index.ts'
import { modulePath } from '../sink/index.ts'
import type { DecidedTarget } from './gated-target.ts'
import type { WorkerSettings } from './rank-transport.ts'

/** File descriptors that a worker thread and its target's file need, with some to spare. */
const neededDescriptors = 10

/**
 * Starts one of pino's workers. A single target gets every line. Several targets get lines by the levels given here.
 *
 * @throws if it could not run: a target's file is gone, or no descriptor is left. A worker that fails later reports it too late
 *   for a process that is exiting, which would wait ten seconds for it.
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
  return holdUntilClosed(pino.transport(options as never) as never as ThreadStream)
}

function checkFiles(targets: readonly DecidedTarget[]): void {
  for (const { target } of targets) {
    const { built } = target
    const names = built && 'pipeline' in built ? built.pipeline.map((step) => step.target) : [built?.target ?? '']
    const paths = names.map(modulePath).filter(isAbsolute)
    const gone = paths.find((path) => !existsSync(path))
    if (gone) throw Object.assign(new Error(`ENOENT: the target's module ${gone} is gone`), { code: 'ENOENT' })
  }
}

function checkDescriptors(): void {
  const code = lackOfDescriptors(neededDescriptors)
  if (!code) return
  const message = `${code}: too many open files for a worker thread; raise the limit of open files (ulimit -n)`
  throw Object.assign(new Error(message), { code })
}

const open = new Set<ThreadStream>()

/**
 * Holds a worker's stream until it closes. pino only has weak references to it: a logger that nothing refers to any
 * more, as a script's is once it has run to its end, may be collected, and its worker with the lines that it holds.
 */
function holdUntilClosed(stream: ThreadStream): ThreadStream {
  open.add(stream)
  return stream.once('close', () => open.delete(stream))
}
