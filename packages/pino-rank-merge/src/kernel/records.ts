/**
 * Length of a record in the kernel's memory, in bytes. `fingerprint` writes one for each block. A group of duplicates
 * has one too.
 */
export const recordBytes = 48

/**
 * Offsets of a record's fields: numbers of 32 bits, but `time` has 64. `levelEnd` to `tail` count from the start of
 * the block.
 */
export const field = {
  from: 0,
  to: 4,
  hash: 8,
  levelEnd: 12,
  rankStart: 16,
  rankEnd: 20,
  /** Start of the fields after rank and host, which may be the same in several sources. */
  tail: 24,
  source: 28,
  /** Of a group: number of the next group in its hash chain, plus 1. */
  next: 28,
  /** In ms since 1970, 64 bits. */
  time: 32,
  /** Of a group: number of its sources. */
  count: 40,
} as const

/** The `tail` of an object whose layout is not pino's. */
export const foreign = 0xffffffff
