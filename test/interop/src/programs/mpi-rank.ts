// A rank of an MPI job. It logs through pino-rank-stdout for longer than a collector takes to start.
import { setTimeout as pause } from 'node:timers/promises'
import { rankLogger } from 'pino-rank'
import { type StdoutOptions, stdoutStream } from 'pino-rank-stdout'

const options: StdoutOptions = JSON.parse(process.argv[2] as string)
const log = rankLogger({ transport: { stream: stdoutStream(options) } })
for (let seq = 0; seq < 4000; seq++) {
  log.info({ seq, fill: 'x'.repeat(seq % 200) })
  if (seq % 40 === 39) await pause(25)
}
