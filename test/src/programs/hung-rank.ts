/**
 * A rank that awaits a promise which never resolves. Its child loggers log the messages of its parent, and SIGUSR2 toggles its
 * gate. Usage: `hung-rank.js TARGET PATH`.
 */
import { rankLogger } from 'pino-rank'

const [target = '', path = ''] = process.argv.slice(2)
const options = target === 'pino/file' ? { destination: path } : { path }
const log = rankLogger({ gateSignal: 'SIGUSR2', transport: { target, ranks: '0', options } })
const step = log.child({ part: 'step' })
const deep = step.child({ part: 'deep' }, {})

log.on('level-change', (level) => process.send?.(level))
process.on('message', (message) => {
  if (message === 'end') return process.disconnect()
  step.info(message)
  deep.debug(message)
  deep.info(message)
  log.flush(() => process.send?.('logged'))
})
process.send?.('ready')
await new Promise(() => process.channel?.ref())
