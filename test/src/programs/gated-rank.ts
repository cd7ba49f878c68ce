/** A rank that says what its logger costs it: threads and open files before it, after it, after its first error. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type RankTransport, rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'
import { stdoutStream } from 'pino-rank-stdout'

const [name = '', dir = ''] = process.argv.slice(2)
const path = join(dir, 'train.log')
const sinks: Record<string, () => RankTransport> = {
  'pino-rank-file': () => ({ target: 'pino-rank-file', options: { path } }),
  'pino-rank-split': () => ({ target: 'pino-rank-split', ranks: '0', options: { path } }),
  'pino-rank-stdout': () => ({ target: 'pino-rank-stdout', ranks: '0' }),
  'pino/file': () => ({ target: 'pino/file', options: { destination: path } }),
  fileStream: () => ({ stream: fileStream({ path }) }),
  splitStream: () => ({ ranks: '0', stream: splitStream({ path }) }),
  stdoutStream: () => ({ ranks: '0', stream: stdoutStream() }),
  several: () => ({
    targets: [
      { target: 'pino-rank-file', options: { path } },
      { target: 'pino-rank-split', ranks: '0', options: { path } },
      { target: 'pino/file', others: 'silent', options: { destination: path } },
    ],
  }),
}

const count = () => ({ threads: readdirSync('/proc/self/task').length, files: readdirSync('/proc/self/fd').length })

const transport = sinks[name]
if (!transport) throw new Error(`no sink ${name}`)
const before = count()
const log = rankLogger({ transport: transport() })
log.info('gated')
log.child({ part: 'c' }).debug('gated')
const built = count()
log.error('first')
const afterError = count()
process.send?.({ before, built, afterError })
