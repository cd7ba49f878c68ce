import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Both ends of a pipe, as descriptors whose reads and writes block. */
export interface Pipe {
  read: number
  write: number
}

let pipeCount = 0

/**
 * Makes pipes. They come from mkfifo(1), because Node cannot make a pipe that blocks. Their names are removed at once.
 *
 * @param folder of this process alone
 * @throws {Error} where there is no mkfifo, e.g. on Windows
 */
export function makePipes(count: number, folder: string): Pipe[] {
  if (count === 0) return []
  const paths = Array.from({ length: count }, () => join(folder, `pipe-${pipeCount++}`))
  try {
    execFileSync('mkfifo', ['-m', '600', ...paths], { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new Error(`ranklog-bench: ${message.trim()}`, { cause: error })
    throw new Error(
      `ranklog-bench: ranks wait for each other through named pipes, and ${process.platform} has no mkfifo; run it on Linux or macOS`,
      { cause: error },
    )
  }
  return paths.map((path) => {
    const both = openSync(path, constants.O_RDWR) // neither of the next two then waits for the other
    const pipe = { read: openSync(path, constants.O_RDONLY), write: openSync(path, constants.O_WRONLY) }
    closeSync(both)
    unlinkSync(path)
    return pipe
  })
}

export function closePipes(pipes: readonly Pipe[]): void {
  for (const { read, write } of pipes) {
    closeSync(read)
    closeSync(write)
  }
}
