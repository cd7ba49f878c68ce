import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import type { Logger } from 'pino'
import { compute } from '../../../packages/ranklog-bench/dist/ranks/compute.js'
import { processStatus } from '../../../packages/ranklog-bench/dist/ranks/process-status.js'
import { close, ready } from '../destination.ts'
import { writeLine } from '../fixed-line.ts'
import { sendResult } from '../send-result.ts'
import { type Logging, openLogging } from './loggings.ts'

/** The job of a rank that works in steps. */
export interface StepsJob extends Logging {
  /** Number of steps before the measured ones. */
  warmUp: number
  /** Number of measured steps. */
  steps: number
  /** Blocking wait of a step, which simulates the work of a GPU, in ms. */
  wait: number
  /** Work of the CPU in a step, in rounds of `compute`. */
  work: number
  /** Number of lines logged in a step. */
  lines: number
  /** Number of lines logged per ms, independent of the duration of a step. Replaces `lines`. */
  linesPerMs?: number
}

/** The figures of a rank. */
export interface StepsSample {
  /** Duration of each step, from its start to the start of the next one, in ms. */
  step: number[]
  /** Time inside the log calls of each step, in ms. */
  calls: number[]
  /** Number of log calls of all steps, including the warm-up. */
  logged: number
  /** Duration of all steps, including the warm-up, in ms. */
  stepping: number
  /** Duration of the longest log call in the measured steps, in ms. 0 on a rank that logs nothing. */
  maxCallMs: number
  /** Time from the first step until the destination is closed, in ms. */
  wall: number
  /** User and system time of all threads in that time, in ms. */
  cpu: number
  /** Number of threads after the last step. */
  threads: number
  /** Largest resident set until the destination has closed, in MB. */
  rss: number
}

/** Maximum delay that a program makes up for, in ms. After a longer one it skips lines. */
const maxArrears = 20

/** Logs the lines of a step. Returns the duration of the longest call, in ms. */
function writeLines(log: Logger, step: number, lines: number): number {
  let longest = 0
  if (!log.isLevelEnabled('info')) {
    for (let line = 0; line < lines; line++) writeLine(log, step, line) // reading a clock would cost more than the call
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

await sendResult<StepsJob>(async (job): Promise<StepsSample> => {
  const log = openLogging(job)
  if (log) await ready(log)
  const unchanged = new Int32Array(new SharedArrayBuffer(4))
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
    Atomics.wait(unchanged, 0, 0, job.wait)
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
    await turn() // work that the logger does in the event loop delays the next step
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
