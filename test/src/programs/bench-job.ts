/** Runs a job of ranklog-bench, given as JSON. Sends the pids of its ranks, and then its sample or its error. */
import { existsSync, renameSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { type Job, runJob } from '../../../packages/ranklog-bench/dist/ranks/run-job.js'

/** `loses` is a path: the log is moved there as soon as it exists, so that its lines are lost. */
export type BenchJob = Omit<Job, 'onStart'> & { loses?: string }

const { loses, ...job }: BenchJob = JSON.parse(process.argv[2] as string)
const onStart = (pids: number[]) => {
  process.send?.({ pids })
  if (loses) void move(`${job.dir}/job/job.log`, loses)
}

async function move(from: string, to: string): Promise<void> {
  while (!existsSync(from)) await turn()
  renameSync(from, to)
}

try {
  const sample = await runJob({ ...job, onStart }, new AbortController().signal)
  const reports = sample.reports.map((report) =>
    Object.fromEntries(
      Object.entries(report).map(([name, value]) => [name, typeof value === 'object' && value ? [...value] : value]),
    ),
  )
  process.send?.({ sample: { ...sample, reports } }, () => process.disconnect())
} catch (error) {
  process.send?.({ error: (error as Error).message }, () => process.disconnect())
}
