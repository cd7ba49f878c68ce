/**
 * Logs what its parent says, to the file that it is given: `path options`. A message is logged and answered; `flush`,
 * `reopen`, `stats` and `exit` are done.
 */
import pino from 'pino'
import { fileStream } from 'pino-rank-file'

const [path = '', options = '{}'] = process.argv.slice(2)
const stream = fileStream({ path, ...JSON.parse(options) })
const log = pino({ base: null, timestamp: false }, stream)
const deeds: Record<string, () => unknown> = {
  flush: () => new Promise((flushed) => stream.flush((error) => flushed(error?.message))),
  reopen: () => stream.reopen(),
  stats: () => stream.stats(),
  exit: () => process.exit(),
}

process.on('message', async (message: string) => {
  const deed = deeds[message] ?? (() => log.info(message))
  process.send?.({ done: message, result: await deed() })
})
process.send?.('up')
