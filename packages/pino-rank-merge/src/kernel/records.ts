/** Length of a record, in bytes. `fingerprint` writes one for each block. A group of duplicates has one, too. */
export const recordBytes = 48

/** Offsets of a record's fields: numbers of 32 bits, `time` of 64. `levelEnd` to `tail` count from the block's place. */
export const field = {
  from: 0,
  to: 4,
  hash: 8,
  levelEnd: 12,
  rankStart: 16,
  rankEnd: 20,
  /** Start of the part after rank and host, which may be the same in several sources. */
  tail: 24,
  source: 28,
  /** For a group: number of the next group of its chain + 1. */
  next: 28,
  /** In ms since 1970, 64 bits. */
  time: 32,
  /** For a group: how many sources are in it. */
  count: 40,
} as const

/** The `tail` of an object in another layout than pino's. */
export const foreign = 0xffffffff
