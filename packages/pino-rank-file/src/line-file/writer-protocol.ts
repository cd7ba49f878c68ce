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

/** The ack of a batch. It has the fields of an error, because a message loses the `code` of an Error object. */
export interface Reply {
  taken: number
  ms: number
  fault?: { message: string; code: string | undefined }
}

/** The data that the thread starts with. */
export interface WorkerData {
  sink: AppendSinkSettings
  port: MessagePort
  /** Two int32: the number of acks, with a notification for each, and the {@link batchState}. */
  cells: Int32Array
}

/** The state of the batch. The caller may take back a submitted batch until the thread begins it. */
export const batchState = { none: 0, submitted: 1, begun: 2, takenBack: 3 } as const

/** Indexes in `cells`. */
export const ackCell = 0
export const stateCell = 1
