import type pino from 'pino'
import type { Death } from './death.ts'
import type { Lengths } from './records.ts'

/**
 * How a test builds its logger. 'stream': over a stream on the main thread. 'target': `rankLogger` with a string target, and
 * 'target, thread' the same in pino's worker. 'pure JSON': plain pino with a string target, which is gated in the worker.
 */
export type LoggerKind = 'stream' | 'target' | 'target, thread' | 'pure JSON'

/** A sink, as the conformance suite needs it. */
export interface Sink {
  name: string
  /** The module that exports this as `sink`: each rank loads it. */
  module: string
  lengths: Lengths
  /** True: all ranks share one pipe as their fd 1, whose reader writes to `stdout.log`. @default false */
  stdout?: boolean
  /** Returns a logger of a rank, whose gate is open on every rank and whose files are under `dir`. */
  open(kind: LoggerKind, dir: string, options?: object): pino.Logger
  /** Returns the files under `dir` that have the lines. */
  readBack(dir: string): string[]
  /** The deaths in which an open rank loses no line. */
  survives: readonly Death[]
}
