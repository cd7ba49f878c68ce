/** The logger: targets, routes, the worker thread of pino, the recorder, and gates that change at run time. */
export type { RankLoggerOptions } from './logger-arguments.ts'
export { rankLogger } from './rank-logger.ts'
export type { RankTarget, RankTransport, WorkerSettings } from './rank-transport.ts'
export type { RecorderOptions } from './recorder.ts'
export { setGate } from './set-gate.ts'
