/**
 * Creates loggers, logs a record with each and drops them. With `end` it ends them first. Collects the garbage until THREADS
 * threads remain, or until no descriptor remains with `end`, and prints `{ threads, descriptors, exitListeners }`.
 * Usage: `dropped-loggers.js TRANSPORT COUNT THREADS end|drop`, with `--expose-gc`.
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

/** Logs with a logger to which no reference remains afterwards. */
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
