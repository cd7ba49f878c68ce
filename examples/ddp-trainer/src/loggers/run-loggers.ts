import { join, resolve } from 'node:path'
import { rankLogger } from 'pino-rank'
import { claimRunDirectory } from 'pino-rank-file'
import { type Log, type Logger, PinoLogger } from '../trainer/pino-logger.ts'

/** The directory of a logger, as in Lightning: `saveDir/name/version_N`. */
export interface RunPlace {
  saveDir: string
  /** @default 'lightning_logs' */
  name?: string
  /** The number N of `version_N`, or the name of a directory instead of it. @default a number that no other run has */
  version?: number | string
}

/**
 * A logger with one target, which writes into the directory of the run. It claims the directory and starts the target at its first
 * use. So it may also be created in the parent of the ranks, which does not use it.
 *
 * Loggers of one job with the same `saveDir` and `name` share `version_N`, because a job has one directory there. In Lightning they
 * share it only if no logger has written when the others look for a free number.
 */
class RunLogger implements Logger {
  readonly #base: string
  readonly #version: number | string | undefined
  readonly #target: (logDir: string) => { target: string; options: object }
  #logDir: string | undefined
  #logger: PinoLogger | undefined

  constructor(place: string | RunPlace, target: (logDir: string) => { target: string; options: object }) {
    const {
      saveDir,
      name = 'lightning_logs',
      version,
    }: RunPlace = typeof place === 'string' ? { saveDir: place } : place
    this.#base = resolve(saveDir, name)
    this.#version = version
    this.#target = target
  }

  /**
   * The absolute path of the directory, the same on every rank. The first rank that reads it creates the directory. Without `version`, the
   * parent would claim a directory of its own, so read it only on ranks.
   */
  get logDir(): string {
    this.#logDir ??= this.#findDirectory()
    return this.#logDir
  }

  get experiment(): Log {
    return this.#pinoLogger.experiment
  }

  logMetrics(metrics: Record<string, number>, step: number, epoch?: number): void {
    this.#pinoLogger.logMetrics(metrics, step, epoch)
  }

  logHyperparams(params: Record<string, unknown>): void {
    this.#pinoLogger.logHyperparams(params)
  }

  get #pinoLogger(): PinoLogger {
    this.#logger ??= new PinoLogger(rankLogger({ transport: this.#target(this.logDir) }))
    return this.#logger
  }

  #findDirectory(): string {
    if (this.#version === undefined) return claimRunDirectory(this.#base)
    return join(this.#base, typeof this.#version === 'number' ? `version_${this.#version}` : this.#version)
  }
}

/**
 * Writes `metrics.csv`, with a row for each call of `logMetrics`, and `hparams.yaml`. With a `version` that exists, its file is
 * continued.
 */
export class CSVLogger extends RunLogger {
  /** @param place a string is its `saveDir` */
  constructor(place: string | RunPlace) {
    super(place, (logDir) => ({ target: 'pino-csv-metrics', options: { path: join(logDir, 'metrics.csv') } }))
  }
}

/** Writes a TensorBoard event file. With a `version` that exists, its run is continued. */
export class TensorBoardLogger extends RunLogger {
  /** @param place a string is its `saveDir` */
  constructor(place: string | RunPlace) {
    super(place, (logdir) => ({ target: 'pino-tensorboard', options: { logdir } }))
  }
}
