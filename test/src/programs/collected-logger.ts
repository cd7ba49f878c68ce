/** Logs one line to a target and lets go of the logger; garbage is collected before the program ends: `target options`. */
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { rankLogger } from 'pino-rank'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const [target = '', options = '{}'] = process.argv.slice(2)

function logOnce(): Promise<void> {
  const log = rankLogger({ transport: { target, options: JSON.parse(options) } })
  log.info('the only one')
  return new Promise((flushed) => log.flush(() => flushed()))
}

function logAgain(): void {
  rankLogger({ transport: { target, options: JSON.parse(options) } }).info('unflushed')
}

await logOnce() // its worker is up
logAgain()
for (let round = 0; round < 20; round++) {
  await turn()
  collect()
}
