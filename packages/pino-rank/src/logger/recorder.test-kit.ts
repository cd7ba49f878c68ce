import type { RankLoggerOptions } from '../index.ts'

/** Options of a rank of four. Records are dated by {@link clock}. */
export const as = (rank: number): RankLoggerOptions => ({
  rank: { rank, launcher: 'test', worldSize: 4 },
  base: null,
  timestamp: () => `,"time":${clock.next++}`,
})

/** A clock that counts the times it is asked. */
export const clock = { next: 0 }
