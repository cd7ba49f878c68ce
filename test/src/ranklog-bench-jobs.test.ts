/** Jobs of ranklog-bench: ranks wait for each other, and the end of one ends the job. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readProcessStat } from 'pino-rank/process'
import { modeNames } from 'ranklog-bench'
import t, { type Test } from 'tap'
import { findRivals } from '../../packages/ranklog-bench/dist/ranks/rivals.js'
import type { JobSample } from '../../packages/ranklog-bench/dist/ranks/run-job.js'
import { startProgram, type TestProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'
import type { BenchJob } from './programs/bench-job.ts'

const short = {
  mode: 'no logging',
  ranks: 1,
  lines: 10,
  lineBytes: 200,
  stepMs: 1,
  spinRounds: 0,
  warmUpSteps: 3,
  warmUpMs: 60_000,
  durationMs: 60_000,
  steps: 20,
  fsync: false,
  rivals: Object.fromEntries([...findRivals()].map(([name, { path }]) => [name, path])),
}

interface Started {
  program: TestProcess
  dir: string
  /** The processes of the ranks. */
  pids: number[]
}

/** Starts jobs that run one after the other in one program. Resolves when the ranks of the first one have started. */
async function start(t: Test, ...jobs: Partial<BenchJob>[]): Promise<Started> {
  const folder = t.testdir()
  const [dir, scratch] = [join(folder, 'disk'), join(folder, 'scratch')]
  mkdirSync(dir)
  mkdirSync(scratch)
  const all = jobs.map((job): BenchJob => ({ ...short, dir, scratch, ...job }))
  const program = startProgram(t, new URL('./programs/bench-job.js', import.meta.url), [JSON.stringify(all)])
  const { pids } = await program.nextMessage<{ pids: number[] }>()
  return { program, dir, pids }
}

/** Reports whether a process runs. A zombie, for which no parent waits, does not. */
function isAlive(pid: number): boolean {
  return readProcessStat(pid)?.isDead === false
}

/** Runs jobs to their end. Returns their samples. */
async function run<Jobs extends Partial<BenchJob>[]>(
  t: Test,
  ...jobs: Jobs
): Promise<{ [At in keyof Jobs]: JobSample }> {
  const { program, dir } = await start(t, ...jobs)
  const samples: JobSample[] = []
  for (const _ of jobs) {
    if (samples.length > 0) await program.nextMessage() // the process ids of the next job
    const { sample, error } = await program.nextMessage<{ sample: JobSample; error?: string }>()
    if (error) throw new Error(error)
    samples.push(sample)
  }
  t.same(readdirSync(dir), [], 'their files are removed')
  return samples as { [At in keyof Jobs]: JobSample }
}

t.test('no rank begins its next step before all ranks have ended the present one', async (t) => {
  const sizes = [1, 2, 5] // a barrier with 0, 1 and 3 rounds; 5 is not a power of two
  const samples = await run(t, ...sizes.map((ranks) => ({ ranks })))
  for (const [at, { reports }] of samples.entries()) {
    const ranks = sizes[at] as number
    t.equal(reports.length, ranks)
    for (const { start, step, allSteps } of reports)
      t.same([start.length, step.length, allSteps], [short.steps, short.steps, short.steps + short.warmUpSteps])
    for (let at = 0; at + 1 < short.steps; at++) {
      const arrived = reports.map(
        ({ start, work, stall }) => (start[at] as number) + (work[at] as number) + (stall[at] as number),
      )
      const next = reports.map(({ start }) => start[at + 1] as number)
      if (Math.min(...next) < Math.max(...arrived)) t.fail(`${ranks} ranks: one has left barrier ${at} too early`)
    }
  }
})

t.test(
  'the warm-up ends on all ranks after the same step: by its steps or its time, and not before step 5',
  async (t) => {
    const cases = [
      [30, 60_000, 30, 30],
      [1000, 0, 5, 5],
      [1000, 30, 5, 40], // each step takes at least 1 ms
      [0, 60_000, 0, 0],
    ] as const
    const samples = await run(t, ...cases.map(([warmUpSteps, warmUpMs]) => ({ ranks: 2, warmUpSteps, warmUpMs })))
    for (const [at, { reports }] of samples.entries()) {
      const [warmUpSteps, warmUpMs, minSteps, maxSteps] = cases[at] as (typeof cases)[number]
      const [skipped = Number.NaN, skippedByOther] = reports.map(({ allSteps, step }) => allSteps - step.length)
      t.equal(skippedByOther, skipped)
      t.ok(minSteps <= skipped && skipped <= maxSteps, `${warmUpSteps} steps, ${warmUpMs} ms: ${skipped}`)
    }
  },
)

t.test('with one slow rank, the steps of all ranks take as long as its own', async (t) => {
  const extraMs = 30
  const [{ reports }] = await run(t, { ranks: 4, slow: { rank: 2, extraMs } })
  t.ok(Math.min(...(reports[2]?.step ?? [])) >= extraMs, 'of the slow rank')
  for (const { step } of reports) {
    const sum = step.reduce((sum, ms) => sum + ms, 0) // a rank may leave one barrier late, and its next step is then shorter
    t.ok(sum >= (step.length - 1) * extraMs, `${step.length} steps take ${sum} ms`)
  }
  const waits = reports.map(({ barrier }) => barrier.reduce((sum, ms) => sum + ms, 0))
  for (const rank of [0, 1, 3])
    t.ok((waits[rank] as number) > (waits[2] as number), `rank ${rank} waits longer than the slow one`)
})

t.test('rank 0 ends the job when its time is over', async (t) => {
  const [{ reports }] = await run(t, { ranks: 3, steps: 1e6, durationMs: 50 })
  t.equal(new Set(reports.map(({ allSteps }) => allSteps)).size, 1)
  t.ok((reports[0]?.step.reduce((sum, ms) => sum + ms, 0) as number) >= 45)
})

t.test('every mode writes all lines of its ranks, each whole and once', async (t) => {
  const ranks = 2
  const samples = await run(t, ...modeNames.map((mode) => ({ mode, ranks })))
  for (const [at, { logged, found, torn, twice, bytes, messages }] of samples.entries()) {
    const mode = modeNames[at] as string
    const writers = mode === 'no logging' || mode === 'no-op sink' ? 0 : mode === 'gated' ? 1 : ranks
    const lines = writers * short.lines * (short.steps + short.warmUpSteps)
    t.same(
      { logged, found, torn, twice, bytes },
      { logged: lines, found: lines, torn: 0, twice: 0, bytes: 200 * lines },
      mode,
    )
    t.same(messages, [])
  }
})

t.test('lines that a mode loses are missing from `found`', async (t) => {
  const loseTo = join(t.testdir(), 'lost.log')
  const [{ logged, found, torn }] = await run(t, { mode: 'appendFileSync to one file', ranks: 2, steps: 50, loseTo })
  const lost = statSync(loseTo).size / short.lineBytes
  t.ok(lost > 0)
  t.same({ logged, found, torn }, { logged: 2 * 53 * short.lines, found: 2 * 53 * short.lines - lost, torn: 0 })
})

t.test('a killed rank ends the job with an error that names the rank', async (t) => {
  const { program, dir, pids } = await start(t, { ranks: 3, steps: 1e6 })
  process.kill(pids[1] as number, 'SIGKILL')
  const { error } = await program.nextMessage<{ error: string }>()
  t.equal(error, 'ranklog-bench: rank 1 of 3 in "no logging" ended by SIGKILL before it had measured')
  t.same(pids.filter(isAlive), [], 'the others have ended')
  t.same(readdirSync(dir), [])
})

t.test('a failed rank ends the job with an error that has its stderr', async (t) => {
  const { program } = await start(t, { mode: 'winston to one file', ranks: 2, rivals: {} })
  const { error } = await program.nextMessage<{ error: string }>()
  t.match(
    error,
    /^ranklog-bench: rank [01] of 2 in "winston to one file" ended with exit code 1 .*; its stderr: [\s\S]*needs the package winston: npm install winston/,
  )
})

t.test('ranks end when the process that started them is killed', async (t) => {
  const { program, pids } = await start(t, { ranks: 2, steps: 1e6 })
  program.kill()
  await until(() => !pids.some(isAlive))
})
