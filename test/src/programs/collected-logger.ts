/** Logs a line to a transport, given as JSON, and drops the logger. Then it collects the garbage and ends. */
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { rankLogger } from 'pino-rank'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const transport = JSON.parse(process.argv[2] ?? '{}')

function logOnce(): Promise<void> {
  const log = rankLogger({ transport })
  log.info('the only one')
  return new Promise((flushed) => log.flush(() => flushed()))
}

function logAgain(): void {
  rankLogger({ transport }).info('unflushed')
}

await logOnce() // its worker has started
logAgain()
for (let round = 0; round < 20; round++) {
  await turn()
  collect()
}
