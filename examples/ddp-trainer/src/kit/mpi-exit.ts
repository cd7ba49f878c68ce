// A program for tests under mpirun: rank 0 logs records to a file, and both ranks end. Rank 1 leaves MPI only when it has read all
// records, or prints that they are missing. MPI_Finalize of rank 0 waits for rank 1. The command line is JSON.
import { existsSync, readFileSync } from 'node:fs'
import { detectRank, rankLogger } from 'pino-rank'
import { openCollectives } from '../ranks/open-collectives.ts'
import type { RankOfJob } from '../ranks/world-size.ts'

export interface MpiExitOptions {
  /** File of the records. */
  path: string
  /** Number of records. */
  count: number
}

/** Time that rank 1 waits for the records, in ms. */
const limitMs = 5_000

const { path, count }: MpiExitOptions = JSON.parse(process.argv[2] as string)
const info = detectRank() as RankOfJob
const collectives = await openCollectives(info)
await collectives.barrier({ what: 'begins' })
if (info.rank === 0) {
  const logger = rankLogger({ transport: { target: 'pino-rank-file', options: { path } } })
  logger.info({ record: 0 }, 'record')
  await collectives.barrier({ what: 'has a sink' })
  for (let record = 1; record < count; record++) logger.info({ record }, 'record')
  process.exit() // at a natural end the sink might write before the 'exit' listeners
}
await collectives.barrier({ what: 'has a sink' })
process.prependListener('exit', () => {
  const end = performance.now() + limitMs
  const written = () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0)
  while (written() < count) if (performance.now() > end) return process.stdout.write('records are missing\n')
  process.stdout.write('all records are written\n')
})
