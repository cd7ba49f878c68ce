/**
 * A memory, and the functions that find, sort and copy lines in it. assembly/ documents them. All places are offsets
 * in the memory.
 */
export interface Kernel {
  readonly bytes: Uint8Array
  scan: Scan
  emit: Emit
  countTimes: CountTimes
  sumBins: SumBins
  placeLines: PlaceLines
  isSorted: IsSorted
  fingerprint: Fingerprint
  matchGroups: MatchGroups
}

export type Scan = (
  start: number,
  limit: number,
  ends: number,
  times: number,
  maxLines: number,
  before: number,
  key: number,
  keyLength: number,
  isPinoKey: boolean,
  result: number,
) => number

export type Emit = (
  index: number,
  count: number,
  from: number,
  to: number,
  out: number,
  limit: number,
  result: number,
) => number

export type CountTimes = (times: number, count: number, earliest: number, perWidth: number, bins: number) => void

export type SumBins = (bins: number, count: number) => void

export type PlaceLines = (
  times: number,
  ends: number,
  count: number,
  start: number,
  source: number,
  earliest: number,
  perWidth: number,
  bins: number,
  from: number,
  to: number,
  planTimes: number,
  sources: number,
) => number

/** Returns 0 or false if a time is less than the one before it. */
export type IsSorted = (times: number, count: number) => number | boolean

export type Fingerprint = (
  count: number,
  from: number,
  to: number,
  sources: number,
  times: number,
  records: number,
) => number

export type MatchGroups = (
  index: number,
  count: number,
  records: number,
  window: number,
  heads: number,
  mask: number,
  groups: number,
  bits: number,
  wordsPerGroup: number,
  result: number,
) => number

/** The time of a line whose time the kernel cannot read. */
export const unknownTime = -1
