/**
 * Makes loggers, logs a record with each and drops them: `dropped-loggers.js TRANSPORT COUNT THREADS end|drop`. Prints what they
 * leave once that number of threads run and the garbage is collected: `{ threads, descriptors, exitListeners }`. With `end` they are
 * ended, and it prints that when nothing is left. Needs `--expose-gc`.
 */
import { readdirSync } from 'node:fs'
import { setImmediate as turned } from 'node:timers/promises'
import pino from 'pino'
import { rankLogger } from 'pino-rank'

const [transport = '', count = '', threads = '', then = ''] = process.argv.slice(2)
const collect = (globalThis as { gc?: () => void }).gc as () => void
process.setMaxListeners(0)

const look = () => ({
  threads: readdirSync('/proc/self/task').length,
  descriptors: readdirSync('/proc/self/fd').length,
  exitListeners: process.listenerCount('exit'),
})
const before = look()
const left = () => {
  const now = look()
  const keys = ['threads', 'descriptors', 'exitListeners'] as const
  return Object.fromEntries(keys.map((key) => [key, now[key] - before[key]]))
}

/** The logger is not referred to afterwards. */
function logOnce(number: number): void {
  const log = rankLogger({ transport: JSON.parse(transport.replaceAll('NUMBER', String(number))) })
  log.info({ metrics: { loss: 1 }, step: 1 })
  if (then === 'end') (log as unknown as Record<symbol, { end(): void }>)[pino.symbols.streamSym]?.end()
}

await turned()
for (let number = 0; number < Number(count); number++) logOnce(number)
const isReached = () => (then === 'end' ? left().descriptors === 0 : left().threads === Number(threads))
for (let turn = 0; turn < 20 || !isReached(); turn++) {
  collect()
  await turned()
}
console.log(JSON.stringify(left()))
process.exit()
