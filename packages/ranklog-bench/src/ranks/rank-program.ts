// The program of one rank. It receives its job by IPC and sends its report by IPC.
import { once } from 'node:events'
import { Barrier, barrierRounds, PeerGone } from './barrier.ts'
import { openLog } from './open-log.ts'
import { firstPipe, peerGoneCode, type RankJob } from './rank-job.ts'
import { takeSteps } from './take-steps.ts'

process.channel?.ref() // keeps the process alive while it waits for pino's workers, which do not

// without a parent, nobody reads the report
const quit = () => process.exit(1)
process.once('disconnect', quit)

try {
  const [job]: RankJob[] = await once(process, 'message')
  if (!job) throw new Error('no job')
  const rounds = barrierRounds(job.ranks)
  const pipes = (at: number) => Array.from({ length: rounds }, (_, round) => firstPipe + at + round)
  const log = await openLog(job)
  const report = await takeSteps(job, new Barrier(pipes(0), pipes(rounds)), log)
  process.off('disconnect', quit)
  process.send?.(report, () => process.disconnect())
} catch (error) {
  if (!(error instanceof PeerGone)) throw error
  process.exit(peerGoneCode)
}
