import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The two descriptors of a pipe. Reads and writes block. */
export interface Pipe {
  read: number
  write: number
}

let pipeCount = 0

/**
 * Makes pipes with mkfifo(1), because Node cannot make a pipe whose reads and writes block. Removes their names at once.
 *
 * @param folder a folder that only this process uses
 * @throws {Error} if the system has no mkfifo, for example on Windows
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
    const both = openSync(path, constants.O_RDWR) // so that the next two calls do not wait for each other
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
