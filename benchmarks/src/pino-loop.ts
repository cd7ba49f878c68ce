import pino from 'pino'

/**
 * A common rank: plain pino in a loop, as fast as it can. Every 97th line is long. `pino-loop.js LINES [pino/file]`, where
 * `pino/file` writes to fd 1 from its worker thread.
 */
const [lines, logger] = process.argv.slice(2)
const { RANK, OMPI_COMM_WORLD_RANK, PARALLEL_SEQ } = process.env
const rank = Number(RANK ?? OMPI_COMM_WORLD_RANK ?? PARALLEL_SEQ)
const long = 'y'.repeat(5000)
const options = { transport: { target: 'pino/file', options: { destination: 1 } } }
const log = logger === 'pino/file' ? pino(options) : pino()
for (let seq = 0; seq < Number(lines); seq++) log.info({ rank, seq }, seq % 97 === 96 ? long : 'step')
