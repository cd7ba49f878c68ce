import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'

/** A pipe that child processes write to. Node's own `'pipe'` for a child is not a pipe but a pair of sockets. */
export interface Fifo {
  /** Ends when all writers have closed the pipe. */
  readonly reader: Socket
  /** A blocking descriptor, for a child's `stdio`. */
  readonly writeFd: number
  /** Closes `writeFd` in this process. Call it after the child is started. */
  closeWriter(): void
}

/** Opens a pipe. @param path a name that is free; it is removed again */
export function openFifo(path: string): Fifo {
  execFileSync('mkfifo', ['-m', '600', path])
  const reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false })
  const writeFd = openSync(path, constants.O_WRONLY)
  rmSync(path) // both ends are open, so the name is no longer needed
  return { reader, writeFd, closeWriter: () => closeSync(writeFd) }
}
