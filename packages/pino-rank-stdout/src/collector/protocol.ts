/** What a rank sends before its lines: one line of JSON. */
export interface Hello {
  rank: number | 'unknown'
  pid: number
  /** Its fd 1: device and inode. */
  out: string
  /** `auto`: only if the collector writes where its own fd 1 leads to. */
  merge: 'auto' | 'always'
  /** What the collector's parent gave to its ranks. */
  token?: string | undefined
}

/** What a rank may have sent that is not acknowledged, in bytes: the rank and the collector hold as much. */
export const windowBytes: number = 2 ** 18

/** The same before the first of its lines is written: a rank waits for nobody, while they wait for those of ranks that come later. */
export const startWindowBytes: number = 2 ** 22

/** What all ranks together may have sent within a start window, in bytes: 4 KiB for each ms, and less than one may send. */
export function maxEarlyBytes(startWindowMs: number): number {
  return Math.min(startWindowBytes / 2, startWindowMs * 2 ** 12)
}

/** How often a collector sends a heartbeat to a rank whose lines are not all written, in ms. */
export const heartbeatMs = 250

/** After such a silence a rank takes its lines back, in ms. */
export const maxSilenceMs = 1000

/** Longest hello, in bytes. */
export const maxHelloBytes = 4096

/** Bytes of an acknowledgement. It is a number: how many of the rank's bytes are written, 0 at first; or {@link refused}. */
export const ackBytes = 8

/** The collector closes cleanly: it takes no more lines, and has written all that it took. */
export const closed: number = -1

/** The collector is not for this rank. */
export const refused: number = Number.MAX_SAFE_INTEGER

export function encodeAck(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(ackBytes)
  bytes.writeDoubleLE(count)
  return bytes
}

/** @returns undefined for what is no hello */
export function readHello(line: string): Hello | undefined {
  try {
    const hello = JSON.parse(line)
    return typeof hello.out === 'string' && (hello.merge === 'auto' || hello.merge === 'always') ? hello : undefined
  } catch {
    return undefined
  }
}
