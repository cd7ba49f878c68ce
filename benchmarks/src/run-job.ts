import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ContentionJob, ContentionSample } from './contention-rank.ts'
import { type OnDisk, readBack } from './read-back.ts'
import { nextMessage, startProcess } from './start-process.ts'
import { mean, median, quantile } from './stats.ts'

/** A job of several ranks, as each of them logs. */
export interface Job extends Pick<ContentionJob, 'logging' | 'lines' | 'warmUp' | 'steps'> {
  worldSize: number
}

/** All ranks of a job together. */
export interface JobSample extends OnDisk {
  /** Quantiles of all ranks' steps, in ms. */
  p50: number
  p99: number
  /** Median of the steps' times when each waits for its slowest rank, in ms. */
  slowest: number
  /** Mean time that a rank spends in the log calls of a step, in µs; NaN where there is no rank but 0. */
  callsOfRank0: number
  callsOfOthers: number
  /** User and system time of all ranks a step, in ms. */
  cpu: number
}

/** Runs a job: its ranks start stepping when all of them are ready. Its files are read back and removed. */
export async function runJob({ worldSize, ...job }: Job, dir: string): Promise<JobSample> {
  const folder = mkdtempSync(join(dir, 'job-'))
  const shared = join(folder, 'job.log')
  const files = Array.from({ length: worldSize }, (_, rank) => join(folder, `job.rank-${rank}.log`))
  const ranks = files.map((own, rank) =>
    startProcess('./contention-rank.js', { ...job, rank, shared, own } satisfies ContentionJob, { rank, worldSize }),
  )
  const gone = Promise.all(ranks.map((child) => once(child, 'exit')))
  await Promise.all(ranks.map((child) => nextMessage<'ready'>(child)))
  for (const child of ranks) child.send('go')
  const samples = await Promise.all(ranks.map((child) => nextMessage<ContentionSample>(child)))
  await gone
  const onDisk = readBack([shared, ...files])
  rmSync(folder, { recursive: true })
  return { ...onDisk, ...together(samples, job) }
}

function together(
  samples: ContentionSample[],
  { warmUp, steps }: Omit<Job, 'worldSize'>,
): Omit<JobSample, keyof OnDisk> {
  const [first, ...others] = samples.map(({ calls }) => mean(calls) * 1e3)
  const all = samples.flatMap(({ step }) => step)
  const slowest = Array.from({ length: steps }, (_, at) => Math.max(...samples.map(({ step }) => step[at] as number)))
  return {
    p50: median(all),
    p99: quantile(all, 0.99),
    slowest: median(slowest),
    callsOfRank0: first as number,
    callsOfOthers: mean(others),
    cpu: samples.reduce((sum, { cpu }) => sum + cpu, 0) / (warmUp + steps),
  }
}
