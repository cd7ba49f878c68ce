// Logs at a steady rate until its sink starts a writer thread, and for the same time again. Prints the number of lines.
import { writeSync } from 'node:fs'
import { rankLogger } from 'pino-rank'

const [path, end] = process.argv.slice(2)
const linesPerMs = 20
const log = rankLogger({ base: null, transport: { target: 'pino-rank-file', options: { path } } })
const text = '.'.repeat(100)
const startedAt = performance.now()
let endAt = Infinity
let count = 0
process.on('worker', () => {
  endAt = 2 * performance.now() - startedAt
})
const timer = setInterval(() => {
  const now = performance.now()
  for (const due = (now - startedAt) * linesPerMs; count < due; count++) log.info({ n: count }, text)
  if (now < endAt) return
  clearInterval(timer)
  writeSync(1, `${count}\n`)
  if (end === 'process.exit') process.exit(3)
  if (end === 'an exception') throw new Error('boom')
}, 10)
