import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'

/** How long a report may wait for room in a full pipe, in ms. */
const patienceMs = 100

const still = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes one line to stderr, whatever newlines it has: logging cannot report its own faults through itself. It never throws, and does not wait for a
 * reader: a line that a pipe has no room for is lost. Where no descriptor is left, or stderr is a socket, the system
 * decides whether it waits.
 */
export function reportLine(line: string): void {
  let own: number | undefined
  try {
    own = ownDescriptor()
    writeAll(own ?? 2, Buffer.from(`${line.replace(/\s*\n\s*/g, ' ')}\n`))
  } catch {
    // stderr is closed or full: there is nobody to tell
  } finally {
    if (own !== undefined) closeSync(own)
  }
}

/** A descriptor of stderr's pipe that does not block. The one that it has is shared with other processes. */
function ownDescriptor(): number | undefined {
  if (process.platform !== 'linux' || !fstatSync(2).isFIFO()) return undefined
  try {
    return openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  const until = performance.now() + patienceMs
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
