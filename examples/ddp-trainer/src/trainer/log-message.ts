import type { Trainer } from './trainer.ts'

/** Logs a message to every logger, on rank 0. A warning is also written to stderr. */
export function logMessage(trainer: Trainer, level: 'info' | 'warn', message: string, fields: object): void {
  if (!trainer.isGlobalZero) return
  for (const { experiment } of trainer.loggers) experiment[level](fields, message)
  if (level === 'warn') process.stderr.write(`${message}\n`)
}
