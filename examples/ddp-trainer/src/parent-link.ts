import type { Progress } from './progress.ts'

/** Set in the ranks that `launch` starts: the directory of their ring. */
export const ringVariable = 'DDP_RING_DIRECTORY'

/** What a rank tells the parent that launched it. Other messages are the user's; the parent passes them on. */
export type RankMessage =
  | { ddp: 'progress'; progress: Progress }
  /** `follows`: only because a neighbour was lost. */
  | { ddp: 'failed'; message: string; follows: boolean }

/** Tells our parent, resolved when it is on its way; `undefined` in a process that `launch` did not start. */
export function parentLink(): ((message: RankMessage) => Promise<void>) | undefined {
  if (!process.env[ringVariable] || !process.send) return undefined
  process.once('disconnect', () => process.exit(1)) // the parent is gone: leave no orphan
  process.channel?.unref()
  return (message) => new Promise((resolve) => process.send?.(message, () => resolve()))
}
