import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileIdOf } from 'pino-rank-stdout/collector'
import { PipeReader } from './pipe-reader.ts'

/** A pipe that a rank writes to and that we read. */
export interface RankPipe {
  reader: PipeReader
  /** The rank's end. Must be closed here when the rank has started. */
  fd: number
  /** Device and inode of the rank's end. */
  out: string
}

/** Maximum size of one read, in bytes: the capacity of a pipe, or less if there are many pipes. */
const maxReadBytes = 2 ** 16
const maxReadBytesOfAll = 2 ** 22

let pipeCount = 0

/**
 * Makes real pipes with mkfifo(1). A pipe of Node's `spawn` is a socket, which a program cannot open as `/dev/stderr`. Returns
 * undefined if the system has no mkfifo.
 *
 * @param folder a folder that only this run uses. The pipes' names are removed from it at once
 */
export function rankPipes(count: number, folder: string): RankPipe[] | undefined {
  const paths = Array.from({ length: count }, () => join(folder, `pipe-${pipeCount++}`))
  try {
    execFileSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const maxBytes = Math.min(maxReadBytes, Math.ceil(maxReadBytesOfAll / count))
  return paths.map((path) => {
    const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const fd = openSync(path, 'w')
    unlinkSync(path)
    return { reader: new PipeReader(readFd, maxBytes), fd, out: fileIdOf(fd) }
  })
}

export function closeEnds(pipes: readonly RankPipe[]): void {
  for (const { fd } of pipes) closeSync(fd)
}
