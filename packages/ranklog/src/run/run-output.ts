import { blocksOf, type Decorator, type LiveMemory, merge, type Source } from 'pino-rank-merge'
import { concatBlocks, writeChunks } from 'pino-rank-stdout/collector'
import type { Output } from '../cli/index.ts'
import { withoutBar } from '../terminal/index.ts'
import { ClockWarnings } from './clock-warnings.ts'
import type { RankLoad } from './rank-load.ts'
import { startWindowMs } from './run-window.ts'
import type { WriteMode } from './write-mode.ts'

/** Counts what passes through, so that a caller that waits for the end can see progress. */
export interface Flow {
  /** Bytes that ranks have printed. */
  bytes: number
  /** Writes that wait for a reader. */
  writing: number
}

/** Where the ranks' lines go, and what is made of them. */
export interface RankOutput {
  output: Output
  /** Returns the decorator for the lines. Called with the rank of each source. @default lines are not changed */
  decorate: ((names: readonly string[]) => Decorator) | undefined
  /** True: progress bars are taken out of the lines, and that of the first rank is shown in the terminal's last line. */
  showsBar: boolean
}

/** What is made of the ranks' streams. */
export interface RunOutputOptions {
  /** How long a line waits for earlier lines of other ranks, in ms. `maxWindowMs` applies if ranks hold lines back. */
  windowMs: number
  maxWindowMs: number
  /** The same object if both are the same file, pipe or terminal. */
  stdout: RankOutput
  stderr: RankOutput
  /** Counts what goes through. */
  flow: Flow
  /** Called with each warning for the operator, once. */
  warn: (text: string) => void
}

/** A stream of a rank, and what the merge asks about it: see `LiveState` of pino-rank-merge. */
export type RankStream = AsyncIterable<Uint8Array> & Pick<Source, 'isAway' | 'hasBytes'>

/** What ranks print, by rank. */
export interface Printed {
  stdout: readonly RankStream[]
  stderr: readonly RankStream[]
  /** Lines sent to the collector: one stream for each connection, which may belong to any rank. */
  sent: readonly RankStream[]
  /** The rank of each of these streams. An empty string while no rank has it. */
  sentNames: readonly string[]
  /** Registers the function that is called when a rank takes one of these streams. */
  onSentNamed: (named: (at: number, name: string) => void) => void
  /** Acknowledges the bytes of each stream that are written. The sent streams start at index `from`. */
  ackWritten: (bytes: Float64Array, from: number) => void
  /** The load of each rank, by its name. */
  loads: ReadonlyMap<string, RankLoad>
  /** How each rank writes to its stdout and stderr. */
  writeModes: readonly (readonly [WriteMode, WriteMode])[]
  /** The memory that the ranks may fill while the merge waits for others. */
  memory: LiveMemory
}

/**
 * Merges what ranks print: their stdout to ours, and their stderr to ours; all in one order where both of ours are the same file
 * or terminal. Ends when all streams have ended.
 */
export async function runOutput(names: readonly string[], printed: Printed, options: RunOutputOptions): Promise<void> {
  const { stdout, stderr, sent, sentNames, onSentNamed, ackWritten, loads, writeModes, memory } = printed
  const own = [...stdout, ...sent]
  const isOne = options.stdout === options.stderr
  const ownNames = [...names, ...sentNames, ...(isOne ? names : [])]
  onSentNamed((at, name) => {
    ownNames[stdout.length + at] = name
  })
  const ack = (bytes: Float64Array) => ackWritten(bytes, stdout.length)
  const ownModes = [...writeModes.map(([mode]) => mode), ...sent.map(() => undefined)] // a rank that sends gets acknowledgements
  const errorModes = writeModes.map(([, mode]) => mode)
  const common = { ...options, loads, memory }
  if (isOne)
    return mergeStreams(ownNames, [...own, ...stderr], [...ownModes, ...errorModes], options.stdout, common, ack)
  await Promise.all([
    mergeStreams(ownNames, own, ownModes, options.stdout, common, ack),
    mergeStreams(names, stderr, errorModes, options.stderr, common, () => {}),
  ])
}

interface RankSourceOptions {
  mode: WriteMode | undefined
  isComputing: NonNullable<Source['isComputing']>
  /** Shows a progress bar that is taken out of the lines. @default bars stay in the lines */
  show: ((bar: string) => void) | undefined
}

/** A stream as a source of the merge. A class, because V8 gives each object literal with getters a hidden class of its own. */
class RankSource implements AsyncIterable<Uint8Array> {
  readonly isComputing: NonNullable<Source['isComputing']>
  readonly #stream: RankStream
  readonly #mode: WriteMode | undefined
  readonly #show: RankSourceOptions['show']

  constructor(stream: RankStream, { mode, isComputing, show }: RankSourceOptions) {
    this.#stream = stream
    this.#mode = mode
    this.isComputing = isComputing
    this.#show = show
  }

  get isAway(): boolean {
    return this.#stream.isAway === true
  }

  get hasBytes(): boolean {
    return this.#stream.hasBytes === true
  }

  /** False for a rank that blocks: it continues as soon as its pipe is read. */
  get canReadAhead(): boolean {
    return this.#mode?.isBlocking === false
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#show ? withoutBar(this.#stream, this.#show) : this.#stream[Symbol.asyncIterator]()
  }
}

interface MergeStreamsOptions extends RunOutputOptions {
  loads: ReadonlyMap<string, RankLoad>
  memory: LiveMemory
}

async function mergeStreams(
  names: readonly string[],
  streams: readonly RankStream[],
  modes: readonly (WriteMode | undefined)[],
  { output, decorate, showsBar }: RankOutput,
  options: MergeStreamsOptions,
  onWritten: (bytes: Float64Array) => void,
): Promise<void> {
  const { windowMs, maxWindowMs, flow, warn, loads, memory } = options
  let hasReader = true
  /** @returns false if nothing can be written any more */
  const write = async (bytes: Buffer) => {
    flow.writing++
    try {
      if (await output.write(bytes)) return true
      warn(`nobody reads ${output.fd === 1 ? 'stdout' : 'stderr'} any more; the ranks continue`)
    } catch (error) {
      warn(`${(error as Error).message}; the ranks continue, and what they print is not written`)
    } finally {
      flow.writing--
    }
    return false
  }
  const showOf = (name: string | undefined) => {
    if (!showsBar) return undefined
    return name === names[0] ? (bar: string) => output.showBar(bar) : () => {}
  }
  const sources = streams.map((stream, at) => {
    const isComputing = (silentMs: number) => loads.get(names[at] as string)?.isComputing(silentMs) === true
    return new RankSource(stream, { mode: modes[at], isComputing, show: showOf(names[at]) })
  })
  const lines = merge(sources, {
    ...{ live: true, reuse: true, reorderWindowMs: windowMs, maxReorderWindowMs: maxWindowMs },
    partialLines: true,
    startWindowMs: loads.size === 1 ? 0 : startWindowMs, // a single rank has no other to wait for
    ...{ memory, owners: names.map((name, at) => (name === '' ? `connection ${at}` : name)) },
  })
  const clockWarnings = new ClockWarnings(names, warn)
  const onChunk = () => {
    clockWarnings.check(lines)
    const emittedBytes = lines.emittedBytes()
    return () => onWritten(emittedBytes)
  }
  await writeChunks(
    decorate ? concatBlocks(decorate(names)(blocksOf(lines.batches()))) : lines,
    async (chunk) => {
      if (hasReader) hasReader = await write(chunk)
      return true // the ranks continue
    },
    onChunk,
  )
  clockWarnings.checkNow(lines)
}
