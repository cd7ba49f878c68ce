import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Decorator } from 'pino-rank-merge'
import type { Given, Io, Output } from '../cli/index.ts'
import { InputError, readCount, readLevel, readRanks } from '../cli/index.ts'
import { refuseInput, TimeNames } from '../files/index.ts'
import { humanReadable } from '../terminal/index.ts'
import { filter } from './decorations.ts'
import { WatchedFolder } from './watched-folder.ts'

const pollMs = 500
/** Maximum time that a write may take after a signal, in ms. */
const maxEndMs = 3000

/** Runs `ranklog tail` and returns the exit code. @throws {InputError} */
export async function tailLogs({ options, paths }: Given, io: Io): Promise<number> {
  const [folder, ...more] = paths
  if (folder === undefined || more.length > 0)
    throw new InputError('tail: expected one folder', 'give the folder of a run: ranklog tail logs/')
  const raw = options.raw === true
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stopped.abort()
      setTimeout(() => process.kill(process.pid, signal), maxEndMs).unref() // a reader that has stopped reading must not keep the process alive
    })
  const warn = (message: string) => void io.stderr.report(`ranklog tail: ${message}`)
  const watched = new WatchedFolder(folder, {
    lines: readCount('lines', options.lines, 10, 0),
    ranks: readRanks(options.ranks),
    times: new TimeNames((options.time as string[] | undefined) ?? []),
    reorderWindowMs: readCount('window', options.window, 50, 0),
    warn,
    ...(io.stdout.isTTY && !raw && { onBar: (bar: string) => io.stdout.showBar(bar) }),
    stopped: stopped.signal,
  })
  const level = typeof options.level === 'string' ? readLevel(options.level) : undefined
  refuseInput('tail: stdout', 1, await watched.files())
  if (!existsSync(folder)) warn(`${folder} does not exist yet; tail waits for it`)
  void stopWithoutReader(io.stdout, stopped)
  const decorate: Decorator = raw ? (blocks) => blocks : (await humanReadable(io.stdout, io.env))(watched.names)
  try {
    for await (const blocks of decorate(filter({ level })(watched.blocks()))) {
      if (!(await io.stdout.write(Buffer.concat(blocks.map(({ bytes }) => bytes))))) break // the reader is gone
    }
  } finally {
    stopped.abort()
  }
  return 0
}

/** Stops when the output has no reader any more, even if there is nothing to write. */
async function stopWithoutReader(output: Output, stopped: AbortController): Promise<void> {
  while (!stopped.signal.aborted) {
    if (!output.hasReader()) stopped.abort()
    await pause(pollMs, undefined, { signal: stopped.signal }).catch(() => {})
  }
}
