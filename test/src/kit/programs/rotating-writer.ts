/**
 * Writes `count` lines `{"writer":…,"seq":…}` to a file that others rotate too, or fewer if its parent ends or sends a
 * message. At the end it sends the number of lines. Usage: `writer path options count`.
 */
import { fileStream } from 'pino-rank-file'

const [writer, path, options, count] = process.argv.slice(2) as [string, string, string, string]
// The queue is short because on a busy machine a writer thread takes over, and the end waits for its queue.
const stream = fileStream({
  path,
  flushBytes: 100,
  queueBytes: 4096,
  blockMs: 60_000,
  ...JSON.parse(options),
  rank: { rank: Number(writer), launcher: 'test' },
})
let seq = 0
let stopped = false
process.on('message', () => {
  stopped = true
})

function go(): void {
  for (let i = 0; i < 20 && seq !== Number(count); i++) stream.write(`{"writer":${writer},"seq":${seq++}}\n`)
  if (!stopped && seq !== Number(count)) return void setImmediate(go)
  stream.end()
  process.send?.(seq, () => process.disconnect())
}

process.on('disconnect', () => process.exit())
process.send?.('up', go)
