/** An instance of PM2. It logs at its start, at SIGUSR2 and at its end, and is ready after its first record. */
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
