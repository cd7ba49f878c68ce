import { detectRank } from 'pino-rank'
import { metricSerializers } from 'pino-rank-metrics'

/** The part of a pino logger that the trainer uses. */
export interface Log {
  info(fields: object, message?: string): void
  warn(fields: object, message?: string): void
  error(fields: object, message?: string): void
}

/** Logs metrics and hyperparameters. */
export interface Logger {
  /** The pino logger. It writes on every rank that the gate of one of its targets lets write. */
  readonly experiment: Log
  logMetrics(metrics: Record<string, number>, step: number, epoch?: number): void
  logHyperparams(params: Record<string, unknown>): void
}

const ignore = (): void => {}

/** Logs nothing. */
export const silentLogger: Logger = {
  experiment: { info: ignore, warn: ignore, error: ignore },
  logMetrics: ignore,
  logHyperparams: ignore,
}

/**
 * Logs metrics and hyperparameters as ordinary pino records. It logs only on rank 0, even if a target lets all ranks write. NaN and
 * infinities become strings (`'-Infinity'`), as metric sinks read them, because JSON has no such numbers.
 */
export class PinoLogger implements Logger {
  readonly experiment: Log
  readonly #isRank0 = (detectRank()?.rank ?? 0) === 0

  /** @param log a pino logger, usually from `rankLogger` of pino-rank */
  constructor(log: Log) {
    this.experiment = log
  }

  logMetrics(metrics: Record<string, number>, step: number, epoch?: number): void {
    if (this.#isRank0) this.experiment.info({ metrics: metricSerializers.metrics(metrics), step, epoch })
  }

  logHyperparams(hparams: Record<string, unknown>): void {
    if (this.#isRank0) this.experiment.info({ hparams: metricSerializers.hparams(hparams) })
  }
}
