import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { oneLine } from './escape-controls.ts'

/** Maximum time to wait for room in a full pipe, in ms. */
const maxWaitMs = 100

const waitCell = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes one line to stderr, because logging cannot report its own faults through itself. Newlines become spaces, and characters
 * that are unsafe on a terminal are escaped. Never throws. Waits only briefly for room in a full pipe, and then drops the line.
 * If no file descriptor is free, or stderr is a socket, the write may block.
 */
export function reportLine(line: string): void {
  let own: number | undefined
  try {
    own = ownDescriptor()
    writeAll(own ?? 2, Buffer.from(`${oneLine(line)}\n`))
  } catch {
    // stderr is closed or full: there is no other place for the report
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
  const deadline = performance.now() + maxWaitMs
  for (let rest = bytes; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'EAGAIN' && code !== 'EINTR') || performance.now() >= deadline) throw error
      Atomics.wait(waitCell, 0, 0, 1)
    }
  }
}
