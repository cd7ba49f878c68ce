import { places, recordBytes } from '../kernel/index.ts'

/** Maximum number of blocks that are matched together. */
export const maxBlocks = 4096
/** Maximum number of open groups. */
export const maxGroups: number = 2 ** 16
/** Number of hash chains. */
export const chains: number = 2 * maxGroups
/** Free bytes at the end, because the kernel reads words of 16 bytes. */
const slack = 64

/** The offsets of a {@link GroupTable} in the kernel's memory. */
export interface GroupLayout {
  /** The records that `fingerprint` writes. */
  records: number
  groups: number
  heads: number
  /** Bits of each group, one for each source, in words of 32. `wordsPerGroup` is their number. */
  bits: number
  wordsPerGroup: number
  result: number
  arena: number
  arenaBytes: number
  /** First offset after the table. */
  end: number
}

/**
 * Returns the layout of a {@link GroupTable}.
 *
 * @param start its first offset
 * @param sources number of sources
 * @param arenaBytes memory for blocks that wait for duplicates
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
