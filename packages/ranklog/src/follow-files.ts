import { setTimeout as pause } from 'node:timers/promises'
import { FollowedFile } from './followed-file.ts'

const everyMs = 100
const newline = 10

/**
 * A file that grows, by its name: what is behind its last lines, and all that comes. When another file takes the name (a
 * rotation), the old one is read to its end, then those that had the name in between, then the new one. A file that was cut
 * short is read from its beginning. Where one of them ends within a line, the line is given a newline.
 *
 * @param lines how many of those that are there
 */
export async function* followFile(path: string, lines: number, stopped: AbortSignal): AsyncGenerator<Uint8Array> {
  const wait = () => pause(everyMs, undefined, { signal: stopped }).catch(() => {})
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
      const wasCut = file.restart()
      if (!wasCut && !next) {
        queue.push(...FollowedFile.openAll(path, file)) // what came before another took the name is read first
        if (queue.length === 1) await wait()
        continue
      }
      if (last !== newline) yield Buffer.of(newline)
      last = newline
      if (!wasCut) queue.shift()?.close()
    }
  } finally {
    for (const file of queue) file.close()
  }
}
