import type { Ack, LineEnd } from '../lines/index.ts'

/** Writes a whole batch to `end`, and syncs it to the disk if `sync` is set. Never throws: the ack reports what failed. */
export function writeBatch(end: LineEnd, lines: Buffer, sync: boolean): Ack {
  let taken = 0
  try {
    while (taken < lines.length) taken += end.write(lines.subarray(taken))
    if (sync) end.sync?.()
    return { taken }
  } catch (error) {
    return { taken, error: error as NodeJS.ErrnoException }
  }
}
