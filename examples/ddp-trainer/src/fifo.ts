import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'

/** A real pipe for other processes to write to; Node's own 'pipe' for a child is a pair of sockets. */
export interface Fifo {
  /** Ends when all writers have closed. */
  readonly reader: Socket
  /** A blocking descriptor, for a child's `stdio`. */
  readonly writeFd: number
  /** To be called once the child has it. */
  closeWriter(): void
}

export function openFifo(path: string): Fifo {
  execFileSync('mkfifo', ['-m', '600', path])
  const reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false })
  const writeFd = openSync(path, constants.O_WRONLY)
  rmSync(path) // both ends are open: nobody else needs its name
  return { reader, writeFd, closeWriter: () => closeSync(writeFd) }
}
