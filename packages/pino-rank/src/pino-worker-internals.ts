/** What pino sends to its workers without documenting it. A worker of ours does not load pino, so nothing here does. */
import type pino from 'pino'

/**
 * `code` of the message with which pino sends its configuration to a worker, once, at construction. Since pino 9.0.
 * Replacement: none; pino-abstract-transport hides it behind `expectPinoConfig`. Tests: `set-gate.test.ts`, `pipeline.test.ts`.
 */
export const pinoConfigCode = 'PINO_CONFIG'

/** The fields that pino adds to the options of a single target. Since pino 9.0. Replacement: none. Test: `json-config.test.ts`. */
export interface AddedOptions {
  $context?: unknown
  pinoWillSendConfig?: unknown
  dedupe?: unknown
  levels?: pino.LevelMapping['values']
}

/**
 * Returns what pino gives its worker for several targets or a pipeline: thread-stream puts it into the thread's data.
 * Since pino 9.0. Replacement: none. Test: `custom-levels.test.ts`.
 *
 * @param data `workerData` of the thread
 */
export function workerOptions(data: unknown): AddedOptions | undefined {
  return (data as { workerData?: AddedOptions } | null)?.workerData
}
