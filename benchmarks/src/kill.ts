import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { randomFrom } from '../../packages/ranklog-bench/dist/stats/stats.js'
import {
  damaged,
  differenceOf,
  type FitResult,
  hasTemporary,
  type Kill,
  resultOf,
  runFit,
  stepsBetweenSaves,
  totalSteps,
  victims,
} from './kill/kill-job.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

/** Time in which all processes of a job must end after one of them is killed, in ms. */
const maxEndMs = 10_000
/** A checkpoint is written, and older files are removed, within about this time after the fit prints `save`, in ms. */
const maxWriteMs = 12

const about = `The example trainer on two ranks: gradients of two batches in each step, validations within epochs, random noise, two best
checkpoints and last.ckpt. A random process of each job is killed by SIGKILL: after a random step, or while checkpoints are written. Then
the job runs again, and continues from last.ckpt. Its last checkpoint (parameters, optimizer, metrics, random numbers, callbacks) must
equal that of a job without a kill, bit for bit, and so must the rows of metrics. The kills depend only on --seed, except for the exact
time. Ended: longest time from the kill to the end of all processes. In a write: jobs that left a temporary file. Damaged: jobs after
whose kill a checkpoint could not be read.`

/** The outcome of a job that was killed and continued. */
export interface KillOutcome {
  kill: Kill
  afterKillMs: number | undefined
  /** What is wrong. */
  problems: string[]
  isDamaged: boolean
  /** True if a temporary file was left, because the kill came while a checkpoint was written. */
  isInWrite: boolean
}

/** Kills fits of the example trainer, and checks that they continue as if they had not been killed. */
export async function kill({ runs, seed, dir, onProgress }: Settings): Promise<Table[]> {
  const outcomes = await killFits({ runs, seed, dir, onProgress })
  const cells = victims.flatMap((victim) => [true, false].map((isWriting) => ({ victim, isWriting })))
  const rows = cells.map(({ victim, isWriting }) => {
    const own = outcomes.filter(({ kill }) => kill.victim === victim && (kill.line === 'save') === isWriting)
    return {
      killed: victim,
      when: isWriting ? 'while it saves' : 'after a step',
      runs: own.length,
      'ended after s': Math.max(0, ...own.map(({ afterKillMs = 0 }) => afterKillMs)) / 1000,
      'in a write': own.filter(({ isInWrite }) => isInWrite).length,
      damaged: own.filter(({ isDamaged }) => isDamaged).length,
      wrong: own.filter(({ problems }) => problems.length > 0).length,
    }
  })
  const problems = outcomes.flatMap(({ problems }) => problems)
  const failure = problems.length === 0 ? {} : { failure: `${problems.length} problems, the first: ${problems[0]}` }
  return [{ title: `Killed fits, ${runs} runs, seed ${seed}`, about, rows, ...failure }]
}

/** Runs a fit without a kill, and then fits that are killed and continued. */
export async function killFits({
  runs,
  seed,
  dir,
  onProgress,
}: Pick<Settings, 'runs' | 'seed' | 'dir' | 'onProgress'>): Promise<KillOutcome[]> {
  const random = randomFrom(seed)
  const whole = join(dir, 'whole')
  mkdirSync(whole)
  const { code, stderr } = await runFit(whole)
  if (code !== 0) throw new Error(`the fit without a kill ended with exit code ${code}: ${stderr}`)
  const expected = await resultOf(whole)
  const outcomes: KillOutcome[] = []
  for (let run = 0; run < runs; run++) {
    onProgress(`run ${run + 1} of ${runs}`)
    const cwd = join(dir, `run-${run}`)
    mkdirSync(cwd)
    const outcome = await killAndContinue(cwd, randomKill(random), expected)
    outcomes.push(outcome)
    if (outcome.problems.length === 0) rmSync(cwd, { recursive: true })
  }
  return outcomes
}

function randomKill(random: () => number): Kill {
  const whole = (count: number) => Math.floor(random() * count)
  const isWriting = random() < 0.5
  // only rank 0 writes checkpoints, so its kills are the most interesting ones
  const victim = isWriting && random() < 0.5 ? 'rank 0' : (victims[whole(victims.length)] as Kill['victim'])
  if (!isWriting) return { victim, line: `step ${1 + whole(totalSteps - 1)}`, times: 1, delayMs: random() * 8 }
  return {
    victim,
    line: 'save',
    times: 1 + whole(Math.floor(totalSteps / stepsBetweenSaves)),
    delayMs: random() * maxWriteMs,
  }
}

async function killAndContinue(cwd: string, kill: Kill, expected: FitResult): Promise<KillOutcome> {
  const { code, afterKillMs } = await runFit(cwd, kill)
  const name = `${kill.victim} killed ${kill.delayMs.toFixed(1)} ms after '${kill.line}' (${kill.times})`
  const problems: string[] = []
  if (afterKillMs !== undefined && code === 0) problems.push('the exit code of the killed job is 0')
  if (afterKillMs !== undefined && afterKillMs > maxEndMs) problems.push(`the job ended after ${afterKillMs} ms`)
  const unreadable = await damaged(cwd)
  problems.push(...unreadable)
  const isInWrite = hasTemporary(cwd)
  const rest = await runFit(cwd)
  if (rest.code === 0) problems.push(differenceOf(await resultOf(cwd), expected) ?? '')
  else problems.push(`the continued job ended with exit code ${rest.code}: ${rest.stderr}`)
  const found = problems.filter(Boolean).map((problem) => `${name}: ${problem}`)
  return { kill, afterKillMs, problems: found, isDamaged: unreadable.length > 0, isInWrite }
}
