import { places, recordBytes } from '../kernel/index.ts'

/** How many blocks are matched at once, at most. */
export const maxBlocks = 4096
/** Groups of a table, at most. */
export const maxGroups: number = 2 ** 16
/** Chains of groups by hash. */
export const chains: number = 2 * maxGroups
/** Behind what the kernel reads, in words of 16 bytes. */
const slack = 64

/** Where a {@link GroupTable} has its things in the kernel's memory. */
export interface GroupLayout {
  /** What `fingerprint` writes. */
  records: number
  groups: number
  heads: number
  /** Bits of each group, one for each source, in words of 32. `wordsPerGroup` is their number. */
  bits: number
  wordsPerGroup: number
  result: number
  arena: number
  arenaBytes: number
  /** Behind all of it. */
  end: number
}

/**
 * @param start where it begins
 * @param sources how many there are
 * @param arenaBytes for blocks that wait for duplicates
 */
export function groupLayoutOf(start: number, sources: number, arenaBytes: number): GroupLayout {
  const wordsPerGroup = (sources + 31) >> 5
  const place = places(start)
  return {
    records: place(recordBytes * maxBlocks),
    groups: place(recordBytes * maxGroups),
    heads: place(4 * chains),
    bits: place(4 * wordsPerGroup * maxGroups),
    wordsPerGroup,
    result: place(8),
    arena: place(arenaBytes + slack),
    arenaBytes,
    end: place(0),
  }
}
