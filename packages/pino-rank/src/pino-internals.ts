/**
 * Everything of pino that this package uses although pino does not document it. What a worker uses, which does not load pino, stands
 * in `pino-worker-internals.ts`. `pino-internals.test.ts` checks that the symbols exist, and `test/src/verify-packed.ts` runs the
 * package with several versions of pino.
 *
 * pino documents that `pino.symbols` exists and what it is for, but not what stands under each symbol.
 */
import type pino from 'pino'

export { symbols } from 'pino'

import type { symbols } from 'pino'

/** What pino's loggers hold under its symbols. Since pino 9.0. Each line names the public API that would replace it. */
export interface LoggerInternals {
  /** The destination. To replace it in a living logger there is no public API. Test: `set-gate.test.ts`. */
  [symbols.streamSym]: pino.DestinationStream
  /** Option `messageKey`, as the logger has it. No public API reads it. Test: `set-gate.test.ts`. */
  [symbols.messageKeySym]: string
  /** Option `errorKey`, as the logger has it. No public API reads it. Test: `set-gate.test.ts`. */
  [symbols.errorKeySym]: string
  /** Returns the time as the line has it: option `timestamp`. No public API calls it. Test: `recorder.test.ts`. */
  [symbols.timeSym](): string
  /** The bindings as JSON without braces. Replacement: `log.child({ … })`, which calls `onChild`. Test: `recorder.test.ts`. */
  [symbols.chindingsSym]: string
  /** Option `mixin`. No public API changes it. Test: `recorder-faults.test.ts`. */
  [symbols.mixinSym]: unknown
  /** Replacement: option `serializers` of `log.child`. Test: `recorder-faults.test.ts`. */
  [symbols.serializersSym]: object
  /** Replacement: option `formatters` of `log.child`. Test: `recorder-faults.test.ts`. */
  [symbols.formattersSym]: object
  /** The start of a line by level. Replacement: `log.levels.labels`, whose keys are the same. Test: `recorder-faults.test.ts`. */
  [symbols.lsCacheSym]: Record<number, string>
  /** Writes one line, whatever the logger's level. No public API. Tests: `recorder-faults.test.ts`, `pino-internals.test.ts`. */
  [symbols.writeSym](this: object, fields: unknown, message: unknown, level: number): void
  /**
   * The level as a number. A child has a field of its own only if it does not inherit the level (pino 9: always). Replacement:
   * none, because `log.levelVal` is inherited. Test: `gate-signal.test.ts`.
   */
  [symbols.levelValSym]?: number
}

/**
 * What pino's transports are beyond pino's type: a `ThreadStream` of the package thread-stream, 2.0 to 4.0 (pino 9.0 to 10), or
 * pino's own destination. Replacement: none; pino's type says `ThreadStream`, which is `any`. Test: `lazy-transport.test.ts`.
 */
export interface ThreadStream extends NodeJS.EventEmitter {
  /** The worker thread. thread-stream itself listens only for its exit. */
  worker?: NodeJS.EventEmitter
  /** True if it has taken what was written. If not, it emits 'ready' later. */
  ready?: boolean
  /** True if it has neither ended nor failed. */
  writable?: boolean
  destroyed?: boolean
  write(line: string): boolean
  flush(done?: (error?: Error | null) => void): void
  flushSync?(): void
  end(): void
  ref?(): void
  unref?(): void
}
