/** A rank with one logger for each of the transports in JSON: `many-loggers.js pino|rankLogger|setGate|gateSignal JSON OPTIONS`. */
import pino from 'pino'
import { type RankLoggerOptions, rankLogger, setGate } from 'pino-rank'

const [kind = '', transports = '[]', given = '{}'] = process.argv.slice(2)
const options = JSON.parse(given)

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
