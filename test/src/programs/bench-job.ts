/**
 * Runs several jobs of ranklog-bench, given as a JSON list, one after the other. For each job it sends the process ids of the ranks,
 * and then the sample or the error.
 */
import { existsSync, renameSync, watch } from 'node:fs'
import { type Job, runJob } from '../../../packages/ranklog-bench/dist/ranks/run-job.js'

/** `loseTo` is a path to which the log is moved as soon as it exists, so that its lines are lost. */
export type BenchJob = Omit<Job, 'onStart'> & { loseTo?: string }

const jobs: BenchJob[] = JSON.parse(process.argv[2] as string)

/** Moves a file of a job as soon as it exists. */
function move(folder: string, name: string, to: string): void {
  const from = `${folder}/${name}`
  const watcher = watch(folder, () => {
    if (!existsSync(from)) return
    watcher.close()
    renameSync(from, to)
  })
}

async function run({ loseTo, ...job }: BenchJob): Promise<object> {
  const onStart = (pids: number[]) => {
    process.send?.({ pids })
    if (loseTo) move(`${job.dir}/job`, 'job.log', loseTo)
  }
  try {
    const sample = await runJob({ ...job, onStart }, new AbortController().signal)
    const reports = sample.reports.map((report) =>
      Object.fromEntries(
        Object.entries(report).map(([name, value]) => [name, typeof value === 'object' && value ? [...value] : value]),
      ),
    )
    return { sample: { ...sample, reports } }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

for (const job of jobs) {
  const answer = await run(job)
  await new Promise((sent) => process.send?.(answer, sent))
}
process.disconnect()
