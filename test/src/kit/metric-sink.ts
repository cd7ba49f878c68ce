import type { DestinationStream } from 'pino'
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { logExit } from 'pino-rank-metrics'
import type { RunEnd } from 'pino-rank-metrics/sink'
import type { LoggerKind } from './sink.ts'

/** A metric sink, as the conformance suite needs it. */
export interface MetricSink {
  /** The name of the package, and so of the target. */
  name: string
  /** The module that exports this as `sink`: each rank loads it. */
  module: string
  /** Creates a stream on the main thread. */
  stream(options: object): DestinationStream
  /** Returns options with which each rank has a run of its own under `dir`. */
  options(dir: string): object
  /** Starts a server that the ranks need. @default none */
  serve?(): Promise<Served>
  /** Reads the runs under `dir` after the ranks have ended. */
  runs(dir: string, served: Served | undefined): Promise<MetricRun[]>
  /** The ends that its files can record. */
  ends: readonly RunEnd['status'][]
}

export interface Served {
  /** Variables with which the ranks find the server. */
  env: NodeJS.ProcessEnv
  stop(): Promise<void>
}

/** A run that was read back: the metric `loss` in the order of the file, and the end of the run. */
export interface MetricRun {
  losses: [step: number, value: number][]
  end?: RunEnd['status']
}

/** Returns a logger over the sink, built as a user would. Without `ranks` the sink's default decides which ranks have a run. */
export function openMetrics(
  sink: MetricSink,
  kind: LoggerKind,
  given: { ranks?: string },
  options: object,
): pino.Logger {
  if (kind === 'stream') return pino(gate(given), sink.stream(options))
  const target = { target: sink.name, options }
  if (kind !== 'pure JSON') return rankLogger({ ...given, transport: { ...target, thread: kind === 'target, thread' } })
  const log = pino({ transport: { ...target, options: { ...options, ...given } } })
  logExit(log)
  return log
}
