// A rank that measures MPI_Allreduce of Open MPI, called from Node through koffi. Rank 0 prints its sample as JSON. The command line is the
// job, as JSON.
import koffi from 'koffi'
import { detectRank, type RankInfo } from 'pino-rank'
import { type ReduceJob, timeCalls } from './time-calls.ts'

const job: ReduceJob = JSON.parse(process.argv[2] as string)
const { rank, worldSize } = detectRank() as RankInfo & { worldSize: number }
const library = koffi.load('libmpi.so.40', { global: true })
const [world, float, sum] = ['comm_world', 'float', 'op_sum'].map((name) => library.symbol(`ompi_mpi_${name}`))
const inPlace = 1
const func = (name: string, ...parameters: string[]) => library.func(name, 'int', parameters)
const allReduce = func('MPI_Allreduce', 'intptr_t', 'void *', 'int', 'void *', 'void *', 'void *')
const barrier = func('MPI_Barrier', 'void *')

func('MPI_Init', 'void *', 'void *')(null, null)
const sample = await timeCalls(
  {
    rank,
    worldSize,
    allReduce: async (values) => void allReduce(inPlace, values, values.length, float, sum, world),
    barrier: async () => void barrier(world),
  },
  job,
)
if (rank === 0) process.stdout.write(`${JSON.stringify(sample)}\n`)
func('MPI_Finalize')()
