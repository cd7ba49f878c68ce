import { randomFrom } from '../../../ranklog-bench/dist/stats/stats.js'
import type { RankSteps } from './stragglers.ts'

/** A job of ranks that log steps. Times are in ms. */
export interface SimulatedJob {
  /** Mean time that each rank computes in a step. */
  computeMs: readonly number[]
  /** Standard deviation of that time. */
  deviationMs: number
  /** True if all ranks wait for the slowest one at the end of each step. */
  doWait: boolean
  steps: number
  /** Only every n-th step is logged. @default 1 */
  every?: number
  /** Start time of each rank. @default 0 */
  startMs?: readonly number[]
  /** Additional time that the first rank needs in every 20th step. @default 0 */
  pauseMs?: number
  /** True to cut all logs off when the first rank has logged its last step, as if the job still ran. @default false */
  isRunning?: boolean
  seed: number
}

/** Returns the steps that each rank logged. The same seed gives the same steps. */
export function simulateJob(job: SimulatedJob): RankSteps[] {
  const { computeMs, deviationMs, doWait, steps, every = 1, startMs = [], pauseMs = 0 } = job
  const random = randomFrom(job.seed)
  const clocks = computeMs.map((_, rank) => startMs[rank] ?? 0)
  const logs = computeMs.map(() => new Map<number, number>())
  for (let step = 0; step < steps; step++) {
    computeMs.forEach((ms, rank) => {
      const pause = rank === 0 && step % 20 === 19 ? pauseMs : 0
      clocks[rank] = (clocks[rank] as number) + Math.max(0, ms + deviationMs * normal(random)) + pause
      if (step % every === 0) logs[rank]?.set(step, 1_700_000_000_000 + Math.round(clocks[rank] as number))
    })
    if (doWait) clocks.fill(Math.max(...clocks))
  }
  const end = job.isRunning ? Math.min(...logs.map((log) => Math.max(...log.values()))) : Infinity
  return logs.map((log) => {
    const seen = new Map([...log].filter(([, time]) => time <= end))
    return { step: Math.max(...seen.keys()), steps: seen }
  })
}

/** Returns a random number with standard normal distribution (Box-Muller transform). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
