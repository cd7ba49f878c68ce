/** Logs to the file that it is given, as its parent says: `path options`. Each message is a line; `exit` ends it. */
import pino from 'pino'
import { fileStream } from 'pino-rank-file'

const [path = '', options = '{}'] = process.argv.slice(2)
const stream = fileStream({ path, ...JSON.parse(options) })
const log = pino({ base: null, timestamp: false }, stream)
process.on('message', (message) => {
  if (message === 'exit') process.exit()
  if (message === 'flush') stream.flushSync()
  else log.info(message)
  process.send?.('logged')
})
process.send?.('up')
