/** Bytes of a record of a block, as `fingerprint` makes it, and of a group of duplicates. */
export const recordBytes = 48

/** Where each stands in it, numbers of 32 bits but for `time`; `levelEnd` to `tail` count from the block's place. */
export const field = {
  from: 0,
  to: 4,
  hash: 8,
  levelEnd: 12,
  rankStart: 16,
  rankEnd: 20,
  /** Where the part goes on that sources may have in common. */
  tail: 24,
  source: 28,
  /** Of a group: the next of its chain + 1. */
  next: 28,
  /** In ms since 1970, 64 bits. */
  time: 32,
  /** Of a group: how many sources are in it. */
  count: 40,
} as const

/** The `tail` of an object in another layout than pino's. */
export const foreign = 0xffffffff
