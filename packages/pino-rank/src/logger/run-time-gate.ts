import type pino from 'pino'
import type { RankGate } from '../gate/index.ts'
import { type LoggerInternals, symbols } from '../pino-internals.ts'
import type { WeakIterable } from '../process/index.ts'
import { decide, type LoggerGate } from './decide.ts'
import type { Recorder } from './recorder.ts'
import type { Routes } from './routes.ts'

/** The level of a logger. */
export interface LeveledLogger {
  level: string
  levels: pino.LevelMapping
}

type Insides = LeveledLogger & LoggerInternals

/**
 * Changes the gate of a logger while it runs. The destination is replaced in the logger itself, and its children inherit it. So a
 * logger whose gate has not changed, or whose rank is open again, pays nothing.
 */
export class RunTimeGate {
  readonly #log: Insides
  readonly #gate: LoggerGate
  readonly #routes: Routes | undefined
  readonly #children: WeakIterable<LeveledLogger> | undefined
  readonly #recorder: Recorder | undefined
  #overrides: Partial<RankGate> = {}
  /** The level to restore when the signal comes again. Undefined if no signal has opened the gate. */
  #before: string | undefined

  constructor(
    log: object,
    gate: LoggerGate,
    routes?: Routes,
    children?: WeakIterable<LeveledLogger>,
    recorder?: Recorder,
  ) {
    this.#log = log as Insides
    this.#gate = gate
    this.#routes = routes
    this.#children = children
    this.#recorder = recorder
    recorder?.attach(log, (level) => this.#heldStream(level))
    gates.set(log, this)
  }

  /** Returns the gate of a logger, or of the logger that a child descends from. */
  static of(log: object): RunTimeGate | undefined {
    for (let own: object | null = log; own; own = Object.getPrototypeOf(own)) {
      const gate = gates.get(own)
      if (gate) return gate
    }
    return undefined
  }

  /** The level of the logger itself. */
  get level(): string {
    return this.#log.level
  }

  /** Decides the gate with these options. @throws {RankError} before anything has changed */
  set(overrides: Partial<RankGate>): void {
    const { targets, level } = decide(this.#gate, overrides)
    this.#overrides = overrides
    this.#before = undefined
    this.#apply(targets, level)
  }

  /** Opens the gate, or restores it if a signal has opened it. Does not change an open rank. */
  toggle(): void {
    const { open, targets } = decide(this.#gate, this.#overrides)
    const before = this.#before
    if (before !== undefined) {
      this.#before = undefined
      this.#apply(targets, before)
    } else if (!open) {
      this.#recorder?.dump()
      this.#before = this.#recorder?.gate ?? this.#log.level
      const opened = decide(this.#gate, this.#overrides, 'opened')
      this.#apply(opened.targets, opened.level)
    }
  }

  /**
   * Sets the destination and the level. A child that has the logger's level gets the new level; a child with another level keeps
   * it.
   */
  #apply(targets: Parameters<Routes['next']>[0], level: string): void {
    const log = this.#log
    const stream = this.#stream(targets)
    if (stream) log[symbols.streamSym] = stream
    const before = log.level
    log.level = this.#recorder?.setGate(level) ?? level
    for (const child of this.#children ?? []) {
      if (child.level === before && log.level in child.levels.values) child.level = log.level
    }
  }

  /** Returns the stream for records from this level on that the gate held back. */
  #heldStream(level: string): pino.DestinationStream | undefined {
    return this.#stream(decide(this.#gate, { ...this.#overrides, level }, 'held').targets)
  }

  #stream(targets: Parameters<Routes['next']>[0]): pino.DestinationStream | undefined {
    const { levels, [symbols.messageKeySym]: messageKey, [symbols.errorKeySym]: errorKey } = this.#log
    return this.#routes?.next(targets, { levels, messageKey, errorKey })
  }
}

const gates = new WeakMap<object, RunTimeGate>()
