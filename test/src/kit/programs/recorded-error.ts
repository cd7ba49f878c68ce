import { rankLogger, writeErrorFile } from 'pino-rank'

/** A gated rank with a recorder, which dies of an error: `path way`. */
const [path, way] = process.argv.slice(2)
const log = rankLogger({
  recorder: { records: 100 },
  transport: { target: 'pino-rank-file', options: { path } },
})
for (let step = 0; step < 5; step++) log.info({ step })
if (process.env.RANK === '1') {
  log.info({
    get odd() {
      throw new Error('nobody can read it')
    },
  })
  if (way === 'exception') throw new Error('nobody catches it')
  if (way === 'rejection') await Promise.reject(new Error('nobody catches it'))
  if (way === 'error file') writeErrorFile(new Error('told'))
  else log.error('the only one')
  process.kill(process.pid, 'SIGKILL')
}
