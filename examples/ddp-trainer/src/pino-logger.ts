import { detectRank } from 'pino-rank'

/** What the trainer asks of pino. */
export interface Log {
  info(fields: object, message?: string): void
  warn(fields: object, message?: string): void
  error(fields: object, message?: string): void
}

/** Where metrics and hyperparameters go. */
export interface Logger {
  /** The logger underneath, open on every rank that its own targets let write. */
  readonly experiment: Log
  logMetrics(metrics: Record<string, number>, step: number, epoch?: number): void
  logHyperparams(params: Record<string, unknown>): void
}

/** Writes metrics and hyperparameters as ordinary pino records, from rank 0 alone, whatever its targets let through. */
export class PinoLogger implements Logger {
  readonly experiment: Log
  readonly #open = (detectRank()?.rank ?? 0) === 0

  /** @param log a pino logger, made by `rankLogger` of pino-rank */
  constructor(log: Log) {
    this.experiment = log
  }

  logMetrics(metrics: Record<string, number>, step: number, epoch?: number): void {
    if (this.#open) this.experiment.info({ metrics, step, epoch })
  }

  logHyperparams(hparams: Record<string, unknown>): void {
    if (this.#open) this.experiment.info({ hparams })
  }
}
