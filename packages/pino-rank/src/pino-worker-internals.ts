/** The undocumented parts of what pino sends to its workers. This module must not load pino, because our workers do not. */
import type pino from 'pino'

/**
 * `code` of the message in which pino sends its configuration to a worker, once, at construction. Since pino 9.0. No public API:
 * pino-abstract-transport hides it behind `expectPinoConfig`. Tests: `set-gate.test.ts`, `pipeline.test.ts`.
 */
export const pinoConfigCode = 'PINO_CONFIG'

/** The fields that pino adds to the options of a single target. Since pino 9.0. No public API. Test: `json-config.test.ts`. */
export interface AddedOptions {
  $context?: unknown
  pinoWillSendConfig?: unknown
  dedupe?: unknown
  levels?: pino.LevelMapping['values']
}

/**
 * Returns the options that pino passes to its worker for several targets or a pipeline. thread-stream puts them into the thread's
 * data. Since pino 9.0. No public API. Test: `custom-levels.test.ts`.
 *
 * @param data `workerData` of the thread
 */
export function workerOptions(data: unknown): AddedOptions | undefined {
  return (data as { workerData?: AddedOptions } | null)?.workerData
}
