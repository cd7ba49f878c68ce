/**
 * Logs the messages of its parent with a child logger, and answers each. A message is `LEVEL TEXT`, or one of the commands
 * `open`, `close`, `flush` and `exit`. Usage: `signalled-logger.js OPTIONS`, with the options of `rankLogger` in JSON.
 */
import type { Level } from 'pino'
import { rankLogger, setGate } from 'pino-rank'

const log = rankLogger({ base: null, timestamp: false, ...JSON.parse(process.argv[2] ?? '{}') })
const child = log.child({})
const commands: Record<string, () => unknown> = {
  open: () => setGate(log, { ranks: '*' }),
  close: () => setGate(log),
  flush: () => new Promise<unknown>((flushed) => log.flush(flushed)),
  exit: () => process.exit(),
}

process.on('message', async (message: string) => {
  const [level, text] = message.split(' ')
  await (commands[message] ?? (() => child[level as Level](text)))()
  process.send?.('done')
})
process.send?.('ready')
