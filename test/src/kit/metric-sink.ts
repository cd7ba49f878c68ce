import type { DestinationStream } from 'pino'
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { logExit } from 'pino-rank-metrics'
import type { RunEnd } from 'pino-rank-metrics/sink'
import type { Way } from './sink.ts'

/** What a metric sink tells the conformance suite of itself. */
export interface MetricSink {
  /** Also that of the target. */
  name: string
  /** The module that exports this as `sink`: each rank loads it. */
  module: string
  /** A stream on the main thread. */
  stream(options: object): DestinationStream
  /** Those by which each rank has a run of its own under `dir`. */
  options(dir: string): object
  /** Starts what the ranks need beside them. @default nothing */
  serve?(): Promise<Served>
  /** What its readers find under `dir`, when the ranks have ended. */
  runs(dir: string, served: Served | undefined): Promise<MetricRun[]>
  /** The ends that it can tell. */
  ends: readonly RunEnd['status'][]
}

export interface Served {
  /** Where the ranks find it. */
  env: NodeJS.ProcessEnv
  stop(): Promise<void>
}

/** A run as it was read back: the metric `loss` in the file's order, and how it ended. */
export interface MetricRun {
  losses: [step: number, value: number][]
  end?: RunEnd['status']
}

/** A logger over the sink, as a user would build it; `ranks` as the gate takes them. */
export function openMetrics(sink: MetricSink, way: Way, ranks: string, options: object): pino.Logger {
  if (way === 'stream') return pino(gate({ ranks }), sink.stream(options))
  const target = { target: sink.name, options }
  if (way !== 'pure JSON') return rankLogger({ ranks, transport: { ...target, thread: way === 'target, thread' } })
  const log = pino({ transport: { ...target, options: { ...options, ranks } } })
  logExit(log)
  return log
}
