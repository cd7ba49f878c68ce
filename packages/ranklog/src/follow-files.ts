import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const everyMs = 100
const chunk = 2 ** 16

/**
 * A file that grows, by its name: what is behind its last lines, and all that comes. A file that takes its name (a rotation) is
 * gone on with when the old one is read; one that was cut short is read from its beginning.
 *
 * @param lines how many of those that are there
 */
export async function* followFile(path: string, lines: number, stopped: AbortSignal): AsyncGenerator<Uint8Array> {
  let file: { fd: number; ino: number; at: number } | undefined
  while (!stopped.aborted) {
    file ??= opened(path, file === undefined ? lines : Infinity)
    if (!file) {
      await pause(everyMs, undefined, { signal: stopped }).catch(() => {})
      continue
    }
    const bytes = Buffer.allocUnsafe(chunk)
    const read = readSync(file.fd, bytes, 0, chunk, file.at)
    if (read > 0) {
      file.at += read
      yield bytes.subarray(0, read)
      continue
    }
    const { size } = fstatSync(file.fd)
    if (size < file.at) file.at = 0
    else if (statSync(path, { throwIfNoEntry: false })?.ino !== file.ino) {
      closeSync(file.fd)
      file = opened(path, Infinity)
      continue
    }
    await pause(everyMs, undefined, { signal: stopped }).catch(() => {})
  }
  if (file) closeSync(file.fd)
}

function opened(path: string, lines: number): { fd: number; ino: number; at: number } | undefined {
  try {
    const fd = openSync(path, 'r')
    const { ino, size } = fstatSync(fd)
    return { fd, ino, at: lines === Infinity ? 0 : lastLines(fd, size, lines) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Where the last so many lines begin; at most a MiB is looked through. */
function lastLines(fd: number, size: number, lines: number): number {
  const length = Math.min(size, 2 ** 20)
  const bytes = Buffer.allocUnsafe(length)
  readSync(fd, bytes, 0, length, size - length)
  let at = length
  for (let count = 0; count < lines && at > 0; count++) at = bytes.lastIndexOf(10, Math.max(0, at - 2)) + 1
  return size - length + at
}
