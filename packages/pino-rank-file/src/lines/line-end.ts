import type { WriterStats } from './writer-stats.ts'

/** Where a {@link LineWriter}'s whole lines go. */
export interface LineEnd {
  /**
   * Takes the first bytes of `lines`, up to the end of a line (its `\n` may be left for the rest), and returns how many;
   * called again with the rest.
   * Throws the system's error when it can take none now.
   */
  write(lines: Buffer): number
  /** After this error of `write` nobody will ever take a line again (EPIPE): no fault to report, stop and count. */
  isOver?(error: NodeJS.ErrnoException): boolean
  /** What was written is on the disk when this returns; `soon`: a little later, and it is called with the error. */
  sync?(soon?: (error: Error | null) => void): void
  /** Told after each batch what was written so far: cheap, but for a word now and then. */
  written?(stats: WriterStats): void
  /** All lines are written that will be: at `end()`, and at the process's exit. */
  settle?(stats: WriterStats): void
  /** Moves the file out of the way, where the end can. Never throws. */
  rotate?(): void
  /** Gives the descriptor back; a later `write` opens again. */
  close(): void
}
