import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileIdOf } from 'pino-rank-stdout/collector'
import { PipeReader } from './pipe-reader.ts'

/** What a rank writes to, and where we read it. */
export interface RankPipe {
  reader: PipeReader
  /** The rank's end: to be closed here once the rank has it. */
  fd: number
  /** Device and inode of that. */
  out: string
}

/** Of one read, in bytes: as much as a pipe holds, or less, for all pipes together. */
const maxReadBytes = 2 ** 16
const maxReadBytesOfAll = 2 ** 22

let pipeCount = 0

/**
 * Real pipes, from mkfifo(1): what Node calls a pipe is a socket, which no program can open by `/dev/stderr`. Undefined where
 * there is no mkfifo.
 *
 * @param folder nobody else's; nothing is left in it
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
