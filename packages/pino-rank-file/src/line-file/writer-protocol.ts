import type { MessagePort } from 'node:worker_threads'
import type { AppendSinkSettings } from './append-sink.ts'

/** A request to the thread. */
export type Request =
  | { length: number; sync: boolean }
  | { bytes: SharedArrayBuffer }
  | { sink: AppendSinkSettings }
  | 'reopen'
  | 'rotate'
  | 'close'

/** Its ack of a batch, as a message: an error's code does not survive as part of an Error. */
export interface Reply {
  taken: number
  ms: number
  fault?: { message: string; code: string | undefined }
}

/** The data that the thread starts with. */
export interface WorkerData {
  sink: AppendSinkSettings
  port: MessagePort
  /** Two int32: the number of acks, notified at each, and the {@link batchState}. */
  cells: Int32Array
}

/** Whose the batch is. The thread begins a batch that was submitted, unless it was taken back. */
export const batchState = { none: 0, submitted: 1, begun: 2, takenBack: 3 } as const

/** The places in `cells`. */
export const ackCell = 0
export const stateCell = 1
