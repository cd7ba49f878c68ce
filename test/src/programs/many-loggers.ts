/**
 * A rank with one logger for each of the transports in JSON: `many-loggers.js KIND JSON OPTIONS`. KIND is pino, rankLogger,
 * setGate, gateSignal, or bundled. `bundled` behaves as a bundle, whose plugin tells pino where the workers' files are.
 */
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { type RankLoggerOptions, rankLogger, setGate } from 'pino-rank'

const [kind = '', transports = '[]', given = '{}'] = process.argv.slice(2)
const options = JSON.parse(given)
process.setMaxListeners(50) // each of pino's workers has an exit listener
if (kind === 'bundled') {
  const names = ['pino-rank-split', 'pino-rank-file', 'pino-csv-metrics']
  const paths = names.map((name) => [name, fileURLToPath(import.meta.resolve(name))])
  Object.assign(globalThis, { __bundlerPathsOverrides: Object.fromEntries(paths) })
}

for (const transport of JSON.parse(transports)) {
  const log = made({ ...options, transport })
  if (kind === 'setGate') setGate(log, { ranks: '*' })
  if (kind === 'gateSignal') process.emit('SIGUSR2', 'SIGUSR2')
  const { metric } = log as unknown as Record<'metric', pino.LogFn | undefined>
  log.info?.('i')
  metric?.call(log, { metrics: { loss: 1 }, step: 1 }, 'm')
  log.error?.('e')
}

function made(options: object): pino.Logger {
  if (kind === 'pino') return pino(options)
  return rankLogger({ ...(options as RankLoggerOptions), ...(kind === 'gateSignal' && { gateSignal: 'SIGUSR2' }) })
}
