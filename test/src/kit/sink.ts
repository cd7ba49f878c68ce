import type pino from 'pino'
import type { Death } from './death.ts'
import type { Lengths } from './records.ts'

/**
 * How the logger is built: over a stream on the main thread, by pino and `gate` or by `rankLogger`; with a string target of
 * `rankLogger`, where it runs by itself or in pino's worker; with a string target in pino's own configuration, gated in the
 * worker.
 */
export type Way = 'stream' | 'target' | 'target, thread' | 'pure JSON'

/** What a sink tells the conformance suite of itself. */
export interface Sink {
  name: string
  /** The module that exports this as `sink`: each rank loads it. */
  module: string
  lengths: Lengths
  /** All ranks share one pipe as their fd 1, and its bytes go to `stdout.log`. @default false */
  stdout?: boolean
  /** In a rank: a logger that writes everything, on every rank, under `dir`; `options` are the sink's. */
  open(way: Way, dir: string, options?: object): pino.Logger
  /** The files under `dir` where the lines are. */
  readBack(dir: string): string[]
  /** The deaths that no line of an open rank is lost to. */
  survives: readonly Death[]
}
