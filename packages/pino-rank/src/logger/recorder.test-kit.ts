import type { RankLoggerOptions } from '../index.ts'

/** Returns the options of a rank in a world of 4. Its records get their times from {@link clock}. */
export const as = (rank: number): RankLoggerOptions => ({
  rank: { rank, launcher: 'test', worldSize: 4 },
  base: null,
  timestamp: () => `,"time":${clock.next++}`,
})

/** A clock that returns 0, 1, 2 and so on. */
export const clock = { next: 0 }
