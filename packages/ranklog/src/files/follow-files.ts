import { setTimeout as pause } from 'node:timers/promises'
import { FollowedFile } from './followed-file.ts'

const pollMs = 100
const newline = 10

/**
 * Follows a growing file by its name: its last lines, and everything that is appended. When another file takes the name (a
 * rotation), it reads the old file to its end, then the files that had the name in between, then the new one. A file that was
 * truncated is read from its beginning. If a file ends within a line, the line gets a newline.
 *
 * @param lines how many of the existing lines to read
 */
export async function* followFile(path: string, lines: number, stopped: AbortSignal): AsyncGenerator<Uint8Array> {
  const wait = () => pause(pollMs, undefined, { signal: stopped }).catch(() => {})
  const queue: FollowedFile[] = []
  const first = FollowedFile.open(path, lines)
  if (first) queue.push(first)
  let last = newline
  try {
    while (!stopped.aborted) {
      const [file, next] = queue
      if (!file) {
        queue.push(...FollowedFile.openAll(path, undefined))
        if (queue.length === 0) await wait()
        continue
      }
      const bytes = file.read()
      if (bytes.length > 0) {
        last = bytes.at(-1) as number
        yield bytes
        continue
      }
      const wasTruncated = file.restart()
      if (!wasTruncated && !next) {
        queue.push(...FollowedFile.openAll(path, file)) // files that had the name before are read first
        if (queue.length === 1) await wait()
        continue
      }
      if (last !== newline) yield Buffer.of(newline)
      last = newline
      if (!wasTruncated) queue.shift()?.close()
    }
  } finally {
    for (const file of queue) file.close()
  }
}
