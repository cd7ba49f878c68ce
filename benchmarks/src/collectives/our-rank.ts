// A rank that measures the collectives of the example trainer. Rank 0 prints its sample as JSON. The command line is the job, as JSON.
import { detectRank } from 'pino-rank'
import { openCollectives } from '../../../examples/ddp-trainer/dist/ranks/open-collectives.js'
import type { RankOfJob } from '../../../examples/ddp-trainer/dist/ranks/world-size.js'
import { type ReduceJob, timeCalls } from './time-calls.ts'

const job: ReduceJob = JSON.parse(process.argv[2] as string)
const info = detectRank() as RankOfJob
const collectives = await openCollectives(info)
const sample = await timeCalls(
  {
    rank: info.rank,
    worldSize: info.worldSize,
    allReduce: (values) => collectives.allReduce(values, { what: 'sums' }),
    barrier: () => collectives.barrier({ what: 'begins' }),
  },
  job,
)
if (info.rank === 0) process.stdout.write(`${JSON.stringify(sample)}\n`)
