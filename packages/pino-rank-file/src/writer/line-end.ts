import type { WriterStats } from './writer-stats.ts'

/** Where a {@link LineWriter}'s whole lines go. */
export interface LineEnd {
  /**
   * Takes the first bytes of `lines`, up to the end of a line (its `\n` may be left for the rest), and returns how many;
   * called again with the rest.
   * Throws the system's error when it can take none now.
   */
  write(lines: Buffer): number
  /** All lines are written that will be: at `end()`, and at the process's exit. */
  settle?(stats: WriterStats): void
  /** Gives the descriptor back; a later `write` opens again. */
  close(): void
}
