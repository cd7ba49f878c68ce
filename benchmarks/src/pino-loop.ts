import pino from 'pino'

/** A common rank: plain pino in a loop, as fast as it can. Every 97th line is long. */
const lines = Number(process.argv[2])
const rank = Number(process.env.RANK)
const long = 'y'.repeat(5000)
const log = pino()
for (let seq = 0; seq < lines; seq++) log.info({ rank, seq }, seq % 97 === 96 ? long : 'step')
