/**
 * Writes lines `{"writer":…,"seq":…}`, each on its own, to a file that others rotate too, and tells its parent after every
 * few how many are written, until it is killed: `writer path maxBytes`.
 */
import { fileStream } from 'pino-rank-file'

const [writer, path = '', maxBytes] = process.argv.slice(2)
const rank = { rank: Number(writer), launcher: 'test' }
const stream = fileStream({ path, flushBytes: 1, rotate: { maxBytes: Number(maxBytes) }, rank })
let seq = 0

function go(): void {
  if (!process.connected) process.exit() // its parent may have died before this began
  for (let i = 0; i < 4; i++) stream.write(`{"writer":${writer},"seq":${seq++}}\n`)
  const { lines } = stream.stats() // what the system has taken, also where a writer thread is behind
  process.send?.(lines, () => setImmediate(go))
}

go()
