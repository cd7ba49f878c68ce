import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import type { Logger } from 'pino'
import { compute } from '../../../packages/ranklog-bench/dist/ranks/compute.js'
import { processStatus } from '../../../packages/ranklog-bench/dist/ranks/process-status.js'
import { answer } from '../answer.ts'
import { close, ready } from '../destination.ts'
import { writeLine } from '../fixed-line.ts'
import { type Logging, openLogging } from './loggings.ts'

/** What a rank does. */
export interface StepsJob extends Logging {
  /** Steps that are run and not reported, then steps that are. */
  warmUp: number
  steps: number
  /** Of a step: a wait that stands for a GPU's work, in ms; what the CPU computes, in rounds of `compute`. */
  wait: number
  work: number
  /** Lines of a step. */
  lines: number
  /** Instead: so many a millisecond, whatever a step takes. */
  linesPerMs?: number
}

/** What a rank saw. */
export interface StepsSample {
  /** Of each step, in ms, from its start to the next one's. */
  step: number[]
  /** Time inside the log calls of each step, in ms. */
  calls: number[]
  /** Log calls of all steps, those of the warm-up too. */
  logged: number
  /** What these steps took together, in ms. */
  stepping: number
  /** The longest log call of the reported steps, in ms; 0 on a rank that logs nothing. */
  maxCallMs: number
  /** From the first step until the destination has closed: ms, and user and system time of all threads in ms. */
  wall: number
  cpu: number
  /** After the last step. */
  threads: number
  /** Largest resident set until the destination has closed, in MB. */
  rss: number
}

/** A program that fell behind by more than this, in ms, does not catch up. */
const maxArrears = 20

/** @returns the longest call, in ms */
function writeLines(log: Logger, step: number, lines: number): number {
  let longest = 0
  if (!log.isLevelEnabled('info')) {
    for (let line = 0; line < lines; line++) writeLine(log, step, line) // a clock would cost more than the call
    return longest
  }
  let before = performance.now()
  for (let line = 0; line < lines; line++) {
    writeLine(log, step, line)
    const after = performance.now()
    longest = Math.max(longest, after - before)
    before = after
  }
  return longest
}

await answer<StepsJob>(async (job): Promise<StepsSample> => {
  const log = openLogging(job)
  if (log) await ready(log)
  const still = new Int32Array(new SharedArrayBuffer(4))
  const step: number[] = []
  const inCalls: number[] = []
  let maxCallMs = 0
  let due = 0
  let logged = 0
  process.send?.('ready')
  await once(process, 'message') // all ranks are ready

  const began = performance.now()
  const before = process.cpuUsage()
  for (let at = 0, last = began; at < job.warmUp + job.steps; at++) {
    const start = performance.now()
    Atomics.wait(still, 0, 0, job.wait)
    compute(job.work)
    const worked = performance.now()
    due += job.linesPerMs ? job.linesPerMs * Math.min(worked - last, maxArrears) : job.lines
    last = worked
    const lines = Math.floor(due)
    due -= lines
    logged += lines
    const longest = log ? writeLines(log, at, lines) : 0
    if (at >= job.warmUp) maxCallMs = Math.max(maxCallMs, longest)
    const done = performance.now()
    await turn() // what the logger left to the event loop delays the next step
    step.push(performance.now() - start)
    inCalls.push(done - worked)
  }
  const stepping = performance.now() - began
  const { threads } = processStatus()
  if (log) await close(log)
  const wall = performance.now() - began
  const { user, system } = process.cpuUsage(before)
  return {
    step: step.slice(job.warmUp),
    calls: inCalls.slice(job.warmUp),
    logged,
    stepping,
    maxCallMs,
    wall,
    cpu: (user + system) / 1e3,
    threads,
    rss: processStatus().peakRss,
  }
})
