/** Where a merge has its data in the kernel's memory: offsets, and lengths in bytes. */
export interface Layout {
  /** Half of the memory of each source, in bytes. When less than this is free, the unplanned bytes are moved to the front. */
  region: number
  /** Maximum number of lines in the index of a source. */
  maxLines: number
  /** Offset of a source's bytes. Some more bytes follow them for the kernel's wide reads; the first is a newline. */
  slot(source: number): number
  /** Index of each source's first line in `ends` and `times`. */
  line(source: number): number
  ends: number
  times: number
  /** The plan: the ranges to write next, in order. */
  from: number
  to: number
  sources: number
  planTimes: number
  /** Counters for sorting lines by time. */
  bins: number
  key: number
  result: number
  /** Offset of a newline, which ends a line in the output if its source has not ended it. */
  newline: number
  /** Offsets of the output buffers. */
  outputs: number[]
  outputBytes: number
  /** Length of the whole memory. */
  size: number
}

/**
 * Returns a function that allocates parts of a memory, one after another, from `start` on. It returns the offset of
 * each part.
 */
export function places(start: number): (length: number) => number {
  let top = (start + 63) & ~63
  return (length) => {
    const place = top
    top = (top + length + 63) & ~63
    return place
  }
}

const slack = 64
const outputs = 4

/** Maximum number of bins of times. */
export const maxBins: number = 2 ** 16

/** Maximum length of the name of the time, with its quotes. */
export const maxKeyBytes = 128

/** The lengths that differ between files and live sources, in bytes. */
export interface Shape {
  /** Maximum region, a power of two. */
  region: number
  outputBytes: number
  /** Length of an output buffer if `outputBytes` would leave the sources less than the maximum region. */
  minOutputBytes: number
}

/**
 * For files. Larger regions would not make reads faster. The output buffers are long, because each is written by another thread,
 * and waking that thread takes time on this one.
 */
export const filesShape: Shape = { region: 2 ** 15, outputBytes: 2 ** 21, minOutputBytes: 2 ** 20 }

/** For live sources. One may be ahead of another by more than a read, and each delivers few lines at a time. */
export const liveShape: Shape = { region: 2 ** 17, outputBytes: 2 ** 18, minOutputBytes: 2 ** 18 }

/** Default memory for live sources, in bytes. */
export const liveBudget = (sources: number): number => Math.max(12 * 2 ** 20, sources * 2 ** 16)

/**
 * Returns the layout of a merge.
 *
 * @param budget for the whole memory, in bytes. If it is too small, the smallest possible layout is returned
 */
export function layoutOf(sources: number, budget: number, shape: Shape = filesShape): Layout {
  const regionFor = (outputBytes: number) =>
    regionOf(sources, budget - outputs * outputBytes - 4 * maxBins, shape.region)
  const outputBytes = regionFor(shape.outputBytes) === shape.region ? shape.outputBytes : shape.minOutputBytes
  const region = regionFor(outputBytes)
  const maxLines = (region >> 5) + 8
  const lines = sources * maxLines
  const take = places(1024)
  const slotBytes = 2 * region + slack
  const slots = take(sources * slotBytes)
  const ends = take(4 * lines)
  const times = take(8 * lines)
  const from = take(4 * lines)
  const to = take(4 * lines)
  const sourcesOf = take(2 * lines)
  const planTimes = take(8 * lines)
  const bins = take(4 * (maxBins + 2))
  const key = take(maxKeyBytes)
  const result = take(8)
  const newline = take(1)
  const ring = Array.from({ length: outputs }, () => take(outputBytes + slack))
  return {
    region,
    maxLines,
    slot: (source) => slots + source * slotBytes,
    line: (source) => source * maxLines,
    ends,
    times,
    from,
    to,
    sources: sourcesOf,
    planTimes,
    bins,
    key,
    result,
    newline,
    outputs: ring,
    outputBytes,
    size: take(slack) + slack,
  }
}

/** Returns the length of a region, in bytes. It has a minimum. */
function regionOf(sources: number, budget: number, maxRegion: number): number {
  const each = budget / sources / 3.3 // two regions, and the index of their lines if each line has 32 bytes
  return Math.max(2 ** 12, Math.min(maxRegion, 2 ** Math.floor(Math.log2(Math.max(1, each)))))
}
