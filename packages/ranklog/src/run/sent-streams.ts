import type { CollectorSocket } from 'pino-rank-stdout/collector'
import { LogTee } from './log-tee.ts'
import type { RankLog } from './rank-log.ts'
import type { OutputProgress, RankStream } from './run-output.ts'

/**
 * Returns the streams of a collector's slots. Each is copied to the log of its rank, which may be unknown until the first bytes
 * arrive.
 */
export function sentStreams(
  { slots, names }: CollectorSocket,
  logOf: (name: string) => RankLog,
  progress: OutputProgress,
  partMs: number,
): RankStream[] {
  return slots.map((slot, at) => new LogTee(slot, () => logOf(names[at] as string), progress, partMs))
}
