import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { oneLine } from './escape-controls.ts'

/** Longest wait for room in a full pipe, in ms. */
const maxWaitMs = 100

const still = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes one line to stderr, because logging cannot report its own faults through itself. Newlines in it are
 * replaced, and what a terminal would obey is escaped. Never throws. Waits only briefly for room in a full pipe, and then drops the
 * line. Where no descriptor is left, or stderr is a socket, the system decides whether the write blocks.
 */
export function reportLine(line: string): void {
  let own: number | undefined
  try {
    own = ownDescriptor()
    writeAll(own ?? 2, Buffer.from(`${oneLine(line)}\n`))
  } catch {
    // stderr is closed or full, so the report has nowhere to go
  } finally {
    if (own !== undefined) closeSync(own)
  }
}

/** Opens a non-blocking descriptor of stderr's pipe. Other processes share the existing one, so its flags must not change. */
function ownDescriptor(): number | undefined {
  if (process.platform !== 'linux' || !fstatSync(2).isFIFO()) return undefined
  try {
    return openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  const until = performance.now() + maxWaitMs
  for (let rest = bytes; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'EAGAIN' && code !== 'EINTR') || performance.now() >= until) throw error
      Atomics.wait(still, 0, 0, 1)
    }
  }
}
