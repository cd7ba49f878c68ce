import type { SavedFiles } from '../checkpoints/best-files.ts'
import type { MetricViews, Row } from '../metrics/metrics.ts'
import type { Progress } from '../progress/progress.ts'
import type { Task } from '../trainer/callback.ts'
import type { ParameterValues } from '../trainer/strategy.ts'
import { onParentSignal, type StopSignal } from './exit-at-signals.ts'

/** Environment variable of the ranks that `launch` starts: the directory of their ring. */
export const ringVariable = 'DDP_RING_DIRECTORY'

/** Reports whether `launch` started this process as a rank. */
export function isStartedByLaunch(): boolean {
  return Boolean(process.env[ringVariable])
}

/** What rank 0 has after a call of `fit`, `validate`, `test` or `predict`. */
export interface TaskResult {
  task: Task
  /** What `validate` or `test` returned; empty for other tasks. */
  rows: Row[]
  currentEpoch: number
  globalStep: number
  metrics: MetricViews
  /** What each `ModelCheckpoint` has saved. */
  checkpoints: SavedFiles[]
}

/** A message of a rank to the parent that launched it. Other messages are the user's, and the parent forwards them to its own parent. */
export type RankMessage =
  | FailureMessage
  /** From now on, the rank takes a signal as a `ParentMessage`. */
  | { ddp: 'listens' }
  | RankZeroMessage

/** A message of the parent to a rank: the parent got a signal. */
export interface ParentMessage {
  ddp: 'signal'
  signal: StopSignal
}

export interface FailureMessage {
  ddp: 'failed'
  message: string
  /** True if the rank failed only because a neighbour in the ring did. */
  isConsequence: boolean
  /** A rank that does not respond. It may ignore SIGTERM, so the parent kills it. */
  unresponsive?: number
}

/** A message that only rank 0 sends. */
export type RankZeroMessage =
  | { ddp: 'progress'; progress: Progress }
  /** One of the parameters, which precede the result of a fit. Each is its own message, so that no message is as large as the model. */
  | { ddp: 'parameter'; parameter: ParameterValues }
  | { ddp: 'result'; result: TaskResult }

/**
 * Returns a function that sends a message to our parent, and resolves when it is sent. Returns undefined in a process that `launch`
 * did not start.
 */
export function parentLink(): ((message: RankMessage) => Promise<void>) | undefined {
  if (!isStartedByLaunch() || !process.send) return undefined
  process.once('disconnect', () => process.exit(1)) // the parent has ended
  process.on('message', (message: ParentMessage) => {
    if (message?.ddp === 'signal') onParentSignal(message)
  })
  process.channel?.unref()
  process.send({ ddp: 'listens' } satisfies RankMessage)
  return (message) => new Promise((resolve) => process.send?.(message, () => resolve()))
}
