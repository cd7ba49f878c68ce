import {
  type GateOptions,
  givenGateKeys,
  openSink,
  type RankOptions,
  reportLine,
  resolveRank,
  type SinkDeclaration,
} from 'pino-rank/sink'
import { NameWarnings } from '../record/index.ts'
import { MetricStream, type MetricStreamOptions, type RunWriter } from '../run/index.ts'
import type { MetricSettings } from './metric-options.ts'
import type { MetricRank } from './metric-rank.ts'

/** The parts of a metric sink. */
export interface MetricSinkDefinition<Options, Settings extends MetricSettings>
  extends Pick<MetricStreamOptions, 'unit'> {
  /** The declaration that the sink's rank.ts exports. */
  rank: MetricRank<Options, Settings>
  /** Returns the start of each report: the package and where it writes, for example `pino-tensorboard: runs/a`. */
  name(settings: Settings): string
  /** Returns the writer of a run. It must not open a file or a connection before its first record. */
  writer(settings: Settings, warnings: NameWarnings): RunWriter
}

/** The options of a stream in addition to those of its sink. */
export type StreamOptions = Pick<RankOptions, 'rank' | 'onBadRank'>

/** The two ways to use a metric sink. Both throw RankError for invalid options. */
export interface MetricSink<Options> {
  /** The transport module's default export: returns the stream behind this rank's gate. */
  target(options?: Options & GateOptions): MetricStream
  /** Returns a pino destination on the main thread. */
  stream(options?: Options & StreamOptions): MetricStream
}

const streamKeys = ['rank', 'onBadRank'] satisfies (keyof StreamOptions)[]

/** Returns the target and the stream of a metric sink. */
export function metricSink<Options extends object, Settings extends MetricSettings>(
  definition: MetricSinkDefinition<Options, Settings>,
): MetricSink<Options> {
  const { rank: declaration } = definition
  return {
    target: (options = {} as Options) =>
      openSink(options, declaration, ({ rank, open, cwd, ...rest }) => {
        const own = rest as unknown as Options
        return runStream(definition, declaration.settings(own, rank, givenGateKeys, cwd), own, options.exitCode)
      }),
    stream: (options = {} as Options) =>
      runStream(definition, declaration.settings(options, resolveRank(options), streamKeys), options),
  }
}

/** @param exitCode the memory in which `rankLogger` stores the exit code of the process, for a target */
function runStream<Options extends object, Settings extends MetricSettings>(
  { rank, name: nameOf, unit = 'record', writer }: MetricSinkDefinition<Options, Settings>,
  settings: Settings,
  options: Options,
  exitCode?: SharedArrayBuffer,
): MetricStream {
  const { nestedKey, flushMs } = settings
  const name = nameOf(settings)
  const run = writer(settings, new NameWarnings(name, reportLine))
  const streamOptions = { name, nestedKey, flushMs, kept: keptInMemory(settings), unit, exitCode }
  return new MetricStream(run, readyDeclaration(rank, options), streamOptions)
}

/** Returns the declaration of a stream: that of its sink, whose `checkRanks` uses the options of this stream. */
function readyDeclaration<Options extends object>(
  sink: MetricRank<Options, unknown>,
  options: Options,
): SinkDeclaration {
  const { check, append, settings, ...declared } = sink
  return { ...declared, checkRanks: (ranks, rank) => sink.checkRanks?.(ranks, rank, options) }
}

function keptInMemory({ queueBytes }: MetricSettings): string {
  return `records wait in memory and are written when it works again; beyond ${queueBytes} bytes the newest are dropped`
}
