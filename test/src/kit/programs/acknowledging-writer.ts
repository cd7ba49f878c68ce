/**
 * Writes lines `{"writer":…,"seq":…}` to a file that others rotate too, until it is killed. After every few lines it sends
 * its parent the number of lines on the disk. Usage: `writer path maxBytes`.
 */
import { fileStream } from 'pino-rank-file'

const [writer, path = '', maxBytes] = process.argv.slice(2)
const rank = { rank: Number(writer), launcher: 'test' }
const stream = fileStream({ path, flushBytes: 1, rotate: { maxBytes: Number(maxBytes) }, rank })
let seq = 0

function go(): void {
  if (!process.connected) process.exit() // the parent may have died before this process started
  for (let i = 0; i < 4; i++) stream.write(`{"writer":${writer},"seq":${seq++}}\n`)
  const { lines } = stream.stats() // lines that are written, without those in the queue of a writer thread
  process.send?.(lines, () => setImmediate(go))
}

go()
