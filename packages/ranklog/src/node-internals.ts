/** Everything undocumented in Node that this package uses. */
import { constants, fstatSync, openSync } from 'node:fs'
import { Socket, type SocketConstructorOpts } from 'node:net'

/** The part of WebAssembly that is used here. @types/node does not declare it. */
declare const WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } }

/** Memory and callback for reads of a socket. */
export interface OnRead {
  /** Returns the memory for the next read. */
  buffer(): Buffer
  /** Called with the number of bytes that were read. Returns false to pause. */
  callback(length: number): boolean
}

/**
 * Reads a pipe into the caller's memory.
 *
 * Uses the option `onread` of `new Socket` together with `fd`: Node 20 to 24, which document `onread` only for
 * `socket.connect`. Replacement: none. Test: `pipe-reader.test.ts`.
 *
 * @param fd the descriptor, which is closed with the socket
 */
export function readPipe(fd: number, onread: OnRead): Socket {
  return new Socket({ fd, readable: true, writable: false, onread } as SocketConstructorOpts)
}

/**
 * Returns a function that reports whether a pipe has a reader, without writing to it. It returns true if that is not known.
 *
 * Uses `poll_oneoff` of `node:wasi`, which calls poll(2): Node 20 to 24. WASI is experimental there, so its warning is
 * suppressed. The pipe is opened a second time, because polling makes a descriptor non-blocking, also for other processes that
 * share it (Linux).
 * Replacement: none. Test: `test/src/ranklog-readers.own-process.test.ts`.
 */
export function readerCheck(fd: number): () => boolean {
  const { emitWarning } = process
  try {
    if (process.platform !== 'linux' || !fstatSync(fd).isFIFO()) return () => true
    const own = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
    process.emitWarning = () => {}
    const { WASI } = process.getBuiltinModule('node:wasi')
    const wasi = new WASI({ version: 'preview1', stdout: own })
    const memory = new WebAssembly.Memory({ initial: 1 })
    wasi.initialize({ exports: { memory } })
    return () => hasReader(wasi.wasiImport as unknown as PollImport, memory.buffer)
  } catch {
    return () => true
  } finally {
    process.emitWarning = emitWarning
  }
}

interface PollImport {
  poll_oneoff(subscriptions: number, events: number, count: number, eventCount: number): number
}

/** Layout of the memory, as in WASI preview 1: two subscriptions at 0, then their events, then the number of events. */
const [subscriptionBytes, events, eventBytes, eventCount] = [48, 128, 32, 256]
const tag = { clock: 0, fdWrite: 2 }

/** Time limit of a poll, in ns. With 0, the poll ends before it checks the pipe. */
const timeoutNs = 1_000_000n

/** Reports whether fd 1 of WASI has a reader. */
function hasReader({ poll_oneoff }: PollImport, buffer: ArrayBuffer): boolean {
  const view = new DataView(buffer)
  new Uint8Array(buffer, 0, eventCount + 4).fill(0)
  view.setUint8(8, tag.fdWrite)
  view.setUint32(16, 1, true)
  view.setUint8(subscriptionBytes + 8, tag.clock)
  view.setUint32(subscriptionBytes + 16, 1, true) // the monotonic clock
  view.setBigUint64(subscriptionBytes + 24, timeoutNs, true)
  if (poll_oneoff(0, events, 2, eventCount) !== 0) return true
  for (let at = events; at < events + eventBytes * view.getUint32(eventCount, true); at += eventBytes) {
    const [error, isWrite] = [view.getUint16(at + 8, true), view.getUint8(at + 10) === tag.fdWrite]
    if (isWrite && error !== 0) return false
  }
  return true
}
