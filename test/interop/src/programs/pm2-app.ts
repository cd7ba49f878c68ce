/** An instance under PM2. It logs when it is up, at SIGUSR2, and when it ends, and is ready once it has logged. */
import { detectRank, explainRank, rankLogger } from 'pino-rank'

const log = rankLogger({
  transport: {
    targets: [
      { target: 'pino-rank-file', options: { path: 'train.log' } },
      { target: 'pino-rank-file', ranks: '*', options: { path: 'access.log' } },
      { target: 'pino-rank-split', options: { path: 'split/app.log' } },
      { target: 'pino-rank-stdout' },
    ],
  },
})
const { restart_time, exec_mode } = process.env
log.info({ restart_time, exec_mode, detected: detectRank(), explained: explainRank().launcher }, 'up')
process.on('SIGUSR2', () => log.info('signal'))
process.on('SIGINT', () => {
  log.info('down')
  process.exit()
})
setInterval(() => {}, 1000)
process.send?.('ready')
