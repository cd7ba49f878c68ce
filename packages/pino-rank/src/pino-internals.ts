/**
 * The undocumented parts of pino that this package uses. Those that a worker uses are in `pino-worker-internals.ts`, because a
 * worker does not load pino. `pino-internals.test.ts` checks that the symbols exist, and `test/src/verify-packed.ts` runs the
 * package with several versions of pino.
 *
 * pino documents that `pino.symbols` exists and what it is for, but not what each symbol holds.
 */
import type pino from 'pino'

export { symbols } from 'pino'

import type { symbols } from 'pino'

/**
 * The fields that pino loggers have under its symbols, since pino 9.0. Each comment names the public API that would replace the
 * field.
 */
export interface LoggerInternals {
  /** The destination. No public API replaces it in an existing logger. Test: `set-gate.test.ts`. */
  [symbols.streamSym]: pino.DestinationStream
  /** The value of the option `messageKey`. No public API reads it. Test: `set-gate.test.ts`. */
  [symbols.messageKeySym]: string
  /** The value of the option `errorKey`. No public API reads it. Test: `set-gate.test.ts`. */
  [symbols.errorKeySym]: string
  /** Returns the time as it is written in a line (option `timestamp`). No public API calls it. Test: `recorder.test.ts`. */
  [symbols.timeSym](): string
  /** The bindings as JSON without braces. Replacement: `log.child({ … })`, which calls `onChild`. Test: `recorder.test.ts`. */
  [symbols.chindingsSym]: string
  /** The value of the option `mixin`. No public API changes it. Test: `recorder-faults.test.ts`. */
  [symbols.mixinSym]: unknown
  /** Replacement: option `serializers` of `log.child`. Test: `recorder-faults.test.ts`. */
  [symbols.serializersSym]: object
  /** Replacement: option `formatters` of `log.child`. Test: `recorder-faults.test.ts`. */
  [symbols.formattersSym]: object
  /** The start of a line, by level. Replacement: `log.levels.labels`, which has the same keys. Test: `recorder-faults.test.ts`. */
  [symbols.lsCacheSym]: Record<number, string>
  /** Writes one line, regardless of the level. No public API. Tests: `recorder-faults.test.ts`, `pino-internals.test.ts`. */
  [symbols.writeSym](this: object, fields: unknown, message: unknown, level: number): void
  /**
   * The level as a number. A child has a field of its own only if it does not inherit the level (pino 9: always). No public API,
   * because `log.levelVal` is inherited. Test: `gate-signal.test.ts`.
   */
  [symbols.levelValSym]?: number
}

/**
 * The fields of pino's transports, which pino types as `any`: a `ThreadStream` of the package thread-stream, 2.0 to 4.0 (pino 9.0
 * to 10), or pino's own destination. No public API. Test: `lazy-transport.test.ts`.
 */
export interface ThreadStream extends NodeJS.EventEmitter {
  /** The worker thread. thread-stream itself listens only to its exit. */
  worker?: NodeJS.EventEmitter
  /** True once the worker has loaded its target and has all lines written so far. It then emits 'ready'. */
  ready?: boolean
  /** False after it has ended or failed. */
  writable?: boolean
  destroyed?: boolean
  write(line: string): boolean
  flush(done?: (error?: Error | null) => void): void
  flushSync?(): void
  end(): void
  ref?(): void
  unref?(): void
}
