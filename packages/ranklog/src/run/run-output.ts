import { blocksOf, type Decorator, type LiveMemory, merge, type Source } from 'pino-rank-merge'
import { concatBlocks, writeChunks } from 'pino-rank-stdout/collector'
import type { Output } from '../cli/index.ts'
import { withoutBar } from '../terminal/index.ts'
import { ClockWarnings } from './clock-warnings.ts'
import type { RankLoad } from './rank-load.ts'
import { startWindowMs } from './run-window.ts'
import type { WriteMode } from './write-mode.ts'

/** Counters that show whether the ranks still print, and whether the reader of the output still reads. */
export interface OutputProgress {
  /** Number of bytes that were read from the ranks. */
  bytesRead: number
  /** Number of writes that are pending. */
  pendingWrites: number
}

/** An output for the ranks' lines, and how the lines are decorated. */
export interface RankOutput {
  output: Output
  /** Returns the decorator for the lines. Called with the ranks of the sources. Undefined: lines are not changed. */
  decorate: ((names: readonly string[]) => Decorator) | undefined
  /** True: progress bars are removed from the lines, and that of the first rank is shown in the last line of the terminal. */
  showsBar: boolean
}

/** How the ranks' streams are merged and written. */
export interface RunOutputOptions {
  /** How long a line waits for earlier lines of other ranks, in ms. */
  windowMs: number
  /** The same for ranks that hold lines back, in ms. */
  maxWindowMs: number
  /** The same object as `stderr` if both are the same file, pipe or terminal. */
  stdout: RankOutput
  stderr: RankOutput
  /** Counts the output. */
  progress: OutputProgress
  /** Called with each warning for the user. */
  warn: (text: string) => void
}

/** A stream of a rank, with the state that the merge needs: see `LiveState` of pino-rank-merge. */
export type RankStream = AsyncIterable<Uint8Array> & Pick<Source, 'isAway' | 'hasBytes'>

/** The streams of all ranks of a job, and what the merge needs to know about them. */
export interface JobOutput {
  stdout: readonly RankStream[]
  stderr: readonly RankStream[]
  /** Lines sent to the collector: one stream for each connection, which may belong to any rank. */
  sent: readonly RankStream[]
  /** The rank of each of these streams. An empty string while no rank has it. */
  sentNames: readonly string[]
  /** Registers a callback, which is called when a rank takes the stream at index `at` of these. */
  onSentNamed: (named: (at: number, name: string) => void) => void
  /** Acknowledges the bytes of each stream that have been written. The sent streams start at index `from`. */
  ackWritten: (bytes: Float64Array, from: number) => void
  /** The load of each rank, by the rank as text. */
  loads: ReadonlyMap<string, RankLoad>
  /** How each rank writes to its stdout and stderr. */
  writeModes: readonly (readonly [WriteMode, WriteMode])[]
  /** The memory for bytes of ranks that are ahead, while the merge waits for others. */
  memory: LiveMemory
}

/**
 * Merges the output of the ranks: stdout to our stdout and stderr to our stderr. If both of ours are the same file or terminal,
 * merges all streams together. Resolves when all streams have ended.
 */
export async function runOutput(names: readonly string[], job: JobOutput, options: RunOutputOptions): Promise<void> {
  const { stdout, stderr, sent, sentNames, onSentNamed, ackWritten, loads, writeModes, memory } = job
  const outStreams = [...stdout, ...sent]
  const isOneOutput = options.stdout === options.stderr
  const outNames = [...names, ...sentNames, ...(isOneOutput ? names : [])]
  onSentNamed((at, name) => {
    outNames[stdout.length + at] = name
  })
  const ack = (bytes: Float64Array) => ackWritten(bytes, stdout.length)
  // sent lines have no mode, because their flow control is by acknowledgements
  const outModes = [...writeModes.map(([mode]) => mode), ...sent.map(() => undefined)]
  const errorModes = writeModes.map(([, mode]) => mode)
  const common = { ...options, loads, memory }
  if (isOneOutput)
    return mergeStreams(outNames, [...outStreams, ...stderr], [...outModes, ...errorModes], options.stdout, common, ack)
  await Promise.all([
    mergeStreams(outNames, outStreams, outModes, options.stdout, common, ack),
    mergeStreams(names, stderr, errorModes, options.stderr, common, () => {}),
  ])
}

interface RankSourceOptions {
  mode: WriteMode | undefined
  isComputing: NonNullable<Source['isComputing']>
  /** Called with the progress bar, which is removed from the lines. Undefined: bars stay in the lines. */
  show: ((bar: string) => void) | undefined
}

/** A stream as a source of the merge. It is a class, because V8 gives each object literal with getters a separate hidden class. */
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

  /** False for a rank whose writes block: it continues as soon as its pipe is read. */
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
  const { windowMs, maxWindowMs, progress, warn, loads, memory } = options
  let hasReader = true
  /** Writes bytes. Returns false if nothing can be written any more. */
  const write = async (bytes: Buffer) => {
    progress.pendingWrites++
    try {
      if (await output.write(bytes)) return true
      warn(`${output.fd === 1 ? 'stdout' : 'stderr'} has no reader any more; the ranks continue`)
    } catch (error) {
      warn(`${(error as Error).message}; the ranks continue, but their output is not written any more`)
    } finally {
      progress.pendingWrites--
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
    startWindowMs: loads.size === 1 ? 0 : startWindowMs, // a single rank waits for no other
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
