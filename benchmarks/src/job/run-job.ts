import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { logFilesIn } from '../../../packages/ranklog-bench/dist/ranks/log-files.js'
import type { OnDisk } from '../../../packages/ranklog-bench/dist/ranks/read-back.js'
import { mean, median, quantile } from '../../../packages/ranklog-bench/dist/stats/stats.js'
import { readFixedLines } from '../read-fixed-lines.ts'
import { nextMessage, startProcess } from '../start-process.ts'
import type { StepsJob, StepsSample } from './steps-rank.ts'

/** A job of several ranks that log in the same way. */
export interface Job extends Omit<StepsJob, 'rank' | 'shared' | 'own'> {
  worldSize: number
}

/** The figures of a job. */
export interface JobSample extends OnDisk {
  /** Quantiles and maximum of the steps of all ranks, in ms. */
  p50: number
  p99: number
  max: number
  /** Median duration of a step in which all ranks wait for the slowest one, in ms. */
  slowest: number
  /** The longest log call of any rank, in ms. */
  maxCallMs: number
  /** Mean time that rank 0 spends in the log calls of a step, in µs. */
  callsOfRank0: number
  /** The same for the other ranks. NaN if there is only rank 0. */
  callsOfOthers: number
  /** Number of log calls of rank 0 per second, until its last step. */
  perSecond: number
  /** Time from the first step until the last destination is closed, in s. */
  wall: number
  /** User and system time of all ranks per step, in ms. */
  cpu: number
  /** Maximum number of threads of a rank, and maximum resident set of a rank, in MB. */
  threads: number
  rss: number
}

/** Runs a job. The ranks begin with their steps when all of them are ready. The files are read back and removed. */
export async function runJob({ worldSize, ...job }: Job, dir: string): Promise<JobSample> {
  const folder = mkdtempSync(join(dir, 'job-'))
  const shared = join(folder, 'job.log')
  const ranks = Array.from({ length: worldSize }, (_, rank) => {
    const own = join(folder, `job.rank-${rank}.log`)
    return startProcess('./job/steps-rank.js', { ...job, rank, shared, own } satisfies StepsJob, {
      rank,
      worldSize,
    })
  })
  const exited = Promise.all(ranks.map((child) => once(child, 'exit')))
  await Promise.all(ranks.map((child) => nextMessage<'ready'>(child)))
  for (const child of ranks) child.send('go')
  const samples = await Promise.all(ranks.map((child) => nextMessage<StepsSample>(child)))
  await exited
  const onDisk = readFixedLines(logFilesIn(folder))
  rmSync(folder, { recursive: true })
  return { ...onDisk, ...together(samples, job.warmUp) }
}

/** Returns the figures of a job from those of its ranks. The first is rank 0. */
export function together(samples: readonly StepsSample[], warmUp: number): Omit<JobSample, keyof OnDisk> {
  const [rank0] = samples as [StepsSample]
  const [first, ...others] = samples.map(({ calls }) => mean(calls) * 1e3)
  const all = samples.flatMap(({ step }) => step)
  const slowest = rank0.step.map((_, at) => Math.max(...samples.map(({ step }) => step[at] as number)))
  const maxOf = (figure: 'maxCallMs' | 'wall' | 'threads' | 'rss') =>
    Math.max(...samples.map((sample) => sample[figure]))
  return {
    p50: median(all),
    p99: quantile(all, 0.99),
    max: quantile(all, 1),
    slowest: median(slowest),
    maxCallMs: maxOf('maxCallMs'),
    callsOfRank0: first as number,
    callsOfOthers: mean(others),
    perSecond: (rank0.logged * 1e3) / rank0.stepping,
    wall: maxOf('wall') / 1e3,
    cpu: samples.reduce((sum, { cpu }) => sum + cpu, 0) / (warmUp + rank0.step.length),
    threads: maxOf('threads'),
    rss: maxOf('rss'),
  }
}
