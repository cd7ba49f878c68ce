/**
 * Logs the messages of its parent to a file, and answers each. The messages `flush`, `reopen`, `stats` and `exit` are
 * commands, and the answer is the result of the command or null. With SINK `split` the sink is pino-rank-split.
 * Usage: `file-logger.js PATH OPTIONS [SINK]`.
 */
import pino from 'pino'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'

const [path = '', options = '{}', sink] = process.argv.slice(2)
const stream = (sink === 'split' ? splitStream : fileStream)({ path, ...JSON.parse(options) })
const log = pino({ base: null, timestamp: false }, stream)
const commands: Record<string, () => unknown> = {
  flush: () => new Promise((flushed) => stream.flush((error) => flushed(error?.message))),
  reopen: () => stream.reopen(),
  stats: () => stream.stats(),
  exit: () => process.exit(),
}

process.on('message', async (message: string) => {
  const run = commands[message] ?? (() => log.info(message))
  process.send?.((await run()) ?? null)
})
process.send?.('ready')
