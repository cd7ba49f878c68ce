import { fstatSync, write } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type Block, blocksOf, type Decorator, merge } from 'pino-rank-merge'
import { withoutBar } from './bar.ts'
import { Clocks } from './clocks.ts'
import { Screen } from './screen.ts'

/** What goes through: who waits for the end sees whether it still moves. */
export interface Flow {
  /** Bytes that ranks have printed. */
  bytes: number
  /** Writes that wait for a reader. */
  writing: number
}

/** What is made of the ranks' streams. */
export interface RunOutputOptions {
  windowMs: number
  /** What is done to lines; undefined: they go as they are. Called with the rank of each source. */
  decorate: ((names: readonly string[]) => Decorator) | undefined
  /** Width of the terminal that shows a bar of the first rank; undefined: it has none. */
  columns?: (() => number) | undefined
  /** Told what goes through. */
  flow: Flow
  /** Told what the operator is to know: each thing once. */
  say: (text: string) => void
}

type Streams = readonly AsyncIterable<Buffer>[]

/**
 * Merges what ranks print: their stdout to ours, and their stderr to ours; all in one order where both of ours are the same file
 * or terminal. Ends when all streams have ended.
 */
export async function runOutput(
  names: readonly string[],
  stdout: Streams,
  stderr: Streams,
  options: RunOutputOptions,
): Promise<void> {
  if (isSame(1, 2)) return merged([...names, ...names], [...stdout, ...stderr], 1, options)
  await Promise.all([merged(names, stdout, 1, options), merged(names, stderr, 2, options)])
}

async function merged(
  names: readonly string[],
  sources: Streams,
  fd: number,
  options: RunOutputOptions,
): Promise<void> {
  const { windowMs, decorate, columns, flow, say } = options
  const write = async (bytes: Buffer) => {
    flow.writing++
    try {
      return await written(fd, bytes)
    } finally {
      flow.writing--
    }
  }
  const screen = new Screen(write, columns ?? (() => 0))
  const first = names[0]
  const shown = columns
    ? sources.map((source, at) => (names[at] === first ? withoutBar(source, (bar) => screen.show(bar)) : source))
    : sources
  const lines = merge(shown, { live: true, reorderWindowMs: windowMs })
  const chunks = decorate ? joined(decorate(names)(blocksOf(lines.batches()))) : lines
  let reads = Promise.resolve(true) // a chunk is written while the next is made; where nobody reads, the ranks go on
  const clocks = new Clocks(names, say)
  for await (const chunk of chunks) {
    const before = reads
    reads = before.then(async (reads) => {
      if (!reads || (await screen.lines(chunk))) return reads
      say(`nobody reads ${fd === 1 ? 'stdout' : 'stderr'} any more; the ranks go on`)
      return false
    })
    await before
    clocks.look(lines)
  }
  await reads
}

async function* joined(batches: AsyncIterable<Block[]>): AsyncGenerator<Buffer> {
  for await (const blocks of batches) yield Buffer.concat(blocks.map(({ bytes }) => bytes))
}

/** False: nobody reads it any more. */
async function written(fd: number, bytes: Buffer): Promise<boolean> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += await new Promise<number>((resolve, reject) =>
        write(fd, bytes, at, bytes.length - at, null, (error, count) => (error ? reject(error) : resolve(count))),
      )
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return false
      if (code !== 'EAGAIN') throw error
      await pause(1) // a pipe that does not block, and is full
    }
  }
  return true
}

function isSame(a: number, b: number): boolean {
  const [first, second] = [fstatSync(a), fstatSync(b)]
  return first.dev === second.dev && first.ino === second.ino
}
