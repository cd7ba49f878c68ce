import type { Ack, LineSink } from 'pino-rank-lines'

/** Writes a whole batch to `sink`, and syncs it to the disk if `sync` is set. Never throws: the ack reports what failed. */
export function writeBatch(sink: LineSink, lines: Buffer, sync: boolean): Ack {
  let taken = 0
  try {
    while (taken < lines.length) taken += sink.write(lines.subarray(taken))
    if (sync) sink.sync?.()
    return { taken }
  } catch (error) {
    return { taken, error: error as NodeJS.ErrnoException }
  }
}
