import pino from 'pino'

/**
 * A rank that logs with plain pino in a loop, as fast as it can. Every 97th line is long. Usage: `pino-loop.js LINES [pino/file]`. With
 * `pino/file` a worker thread writes to fd 1.
 */
const [lines, logger] = process.argv.slice(2)
const { RANK, OMPI_COMM_WORLD_RANK, PARALLEL_SEQ } = process.env
const rank = Number(RANK ?? OMPI_COMM_WORLD_RANK ?? PARALLEL_SEQ)
const long = 'y'.repeat(5000)
const options = { transport: { target: 'pino/file', options: { destination: 1 } } }
const log = logger === 'pino/file' ? pino(options) : pino()
for (let seq = 0; seq < Number(lines); seq++) log.info({ rank, seq }, seq % 97 === 96 ? long : 'step')
