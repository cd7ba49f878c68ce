/** A rank whose trainer and sinks share a run directory. One of the sinks runs in pino's worker. Usage: `base first`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rankLogger } from 'pino-rank'
import { claimRunDirectory } from 'pino-rank-file'

const [base = '', first = 'sinks'] = process.argv.slice(2)
const trainer = () => writeFileSync(join(claimRunDirectory(base), `model-${process.env.RANK ?? 0}.bin`), '')
const options = { path: 'logs/train.log', runDirectory: base }
if (first === 'trainer') trainer()
const log = rankLogger({
  transport: {
    targets: [
      { target: 'pino-rank-file', options },
      { target: 'pino-rank-split', options, thread: true },
    ],
  },
})
log.info('begins')
log.error('fails')
log.flush(() => first === 'sinks' && trainer())
