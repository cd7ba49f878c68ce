/**
 * Writes lines `{"writer":…,"seq":…}`, a batch each, to a file that others rotate too: `writer path options count`; or
 * until its parent is gone or says stop. Says at the end how many there are.
 */
import { fileStream } from 'pino-rank-file'

const [writer, path, options, count] = process.argv.slice(2) as [string, string, string, string]
// A short queue: on a busy machine, where a writer thread takes over, the end waits for all that is in it.
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
