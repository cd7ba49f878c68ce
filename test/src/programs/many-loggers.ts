/**
 * A rank with one logger for each transport of a list in JSON: `many-loggers.js KIND JSON OPTIONS`. KIND is pino, rankLogger,
 * setGate, gateSignal or bundled. `bundled` sets pino's bundler overrides, as a plugin does for a bundle. A transport with a
 * field `kind` has its own KIND.
 */
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { type RankLoggerOptions, rankLogger, setGate } from 'pino-rank'

const [ofAll = '', transports = '[]', given = '{}'] = process.argv.slice(2)
const options = JSON.parse(given)
process.setMaxListeners(100) // each of pino's workers has an exit listener
if (ofAll === 'bundled') {
  const names = ['pino-rank-split', 'pino-rank-file', 'pino-csv-metrics']
  const paths = names.map((name) => [name, fileURLToPath(import.meta.resolve(name))])
  Object.assign(globalThis, { __bundlerPathsOverrides: Object.fromEntries(paths) })
}

for (const { kind = ofAll, ...transport } of JSON.parse(transports)) {
  const log = create(kind, { ...options, transport })
  if (kind === 'setGate') setGate(log, { ranks: '*' })
  if (kind === 'gateSignal') process.emit('SIGUSR2', 'SIGUSR2')
  const { metric } = log as unknown as Record<'metric', pino.LogFn | undefined>
  log.info?.('i')
  metric?.call(log, { metrics: { loss: 1 }, step: 1 }, 'm')
  log.error?.('e')
}

function create(kind: string, options: object): pino.Logger {
  if (kind === 'pino') return pino(options)
  return rankLogger({ ...(options as RankLoggerOptions), ...(kind === 'gateSignal' && { gateSignal: 'SIGUSR2' }) })
}
