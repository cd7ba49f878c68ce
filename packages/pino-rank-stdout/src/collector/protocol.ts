/** The first line that a rank sends, as JSON. Its log lines follow. */
export interface Hello {
  rank: number | 'unknown'
  pid: number
  /** Device and inode of its fd 1. */
  out: string
  /** `auto`: the rank sends lines only if the collector writes to the same file, pipe or terminal as its own fd 1. */
  merge: 'auto' | 'always'
  /** The secret that the rank got from the collector's process. */
  token?: string | undefined
}

/** Maximum number of unacknowledged bytes of a rank. Both the rank and the collector buffer up to this many. */
export const windowBytes: number = 2 ** 18

/**
 * The same limit before the first line is written. It is larger, because that line may wait for ranks that start later.
 */
export const startWindowBytes: number = 2 ** 22

/**
 * Returns how many bytes of all ranks together a collector reads ahead within a start window. It grows with the window,
 * up to half of what one rank may have unacknowledged.
 */
export function maxEarlyBytes(startWindowMs: number): number {
  return Math.min(startWindowBytes / 2, startWindowMs * 2 ** 12)
}

/** How often a collector sends a heartbeat to a rank that waits for acknowledgements, in ms. */
export const heartbeatMs = 250

/** If the collector is silent for this long, in ms, a rank writes its unacknowledged lines itself. */
export const maxSilenceMs = 1000

/** Maximum size of a hello, in bytes. */
export const maxHelloBytes = 4096

/**
 * Length of an acknowledgement, in bytes. Its value is the number of the rank's bytes that are written, or {@link closed}
 * or {@link refused}. The answer to the hello is 0.
 */
export const ackBytes = 8

/** Sent by a collector that closes cleanly: it has written all lines that it acknowledged, and no others. */
export const closed: number = -1

/** Sent by a collector that does not accept this rank. */
export const refused: number = Number.MAX_SAFE_INTEGER

export function encodeAck(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(ackBytes)
  bytes.writeDoubleLE(count)
  return bytes
}

/**
 * Parses a hello. Its rank becomes part of labels, so it must be a whole number or `unknown`.
 *
 * @returns undefined if the hello is invalid
 */
export function readHello(line: string): Hello | undefined {
  try {
    const hello = JSON.parse(line)
    const { rank, pid, out, merge } = hello
    const isRank = rank === 'unknown' || (Number.isSafeInteger(rank) && rank >= 0)
    const isValid = isRank && Number.isSafeInteger(pid) && typeof out === 'string'
    return isValid && (merge === 'auto' || merge === 'always') ? hello : undefined
  } catch {
    return undefined
  }
}
