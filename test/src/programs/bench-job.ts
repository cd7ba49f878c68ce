/** Runs a job of ranklog-bench that it gets as JSON: sends its ranks' process numbers, then what the job has come to. */
import { existsSync, renameSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { type Job, runJob } from '../../../packages/ranklog-bench/dist/ranks/run-job.js'

/** `loses`: where the log file is moved to as soon as it is there: its lines are lost. */
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
