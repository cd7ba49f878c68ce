import type { Progress } from '../trainer/progress.ts'

/** Environment variable of the ranks that `launch` starts: the directory of their ring. */
export const ringVariable = 'DDP_RING_DIRECTORY'

/** A message of a rank to the parent that launched it. Other messages are the user's, and the parent forwards them to its own parent. */
export type RankMessage =
  | { ddp: 'progress'; progress: Progress }
  /** `isConsequence` is true if the rank failed only because a neighbour in the ring did. */
  | { ddp: 'failed'; message: string; isConsequence: boolean }

/**
 * Returns a function that sends a message to our parent, and resolves when it is sent. Returns undefined in a process that `launch`
 * did not start.
 */
export function parentLink(): ((message: RankMessage) => Promise<void>) | undefined {
  if (!process.env[ringVariable] || !process.send) return undefined
  process.once('disconnect', () => process.exit(1)) // the parent has ended
  process.channel?.unref()
  return (message) => new Promise((resolve) => process.send?.(message, () => resolve()))
}
