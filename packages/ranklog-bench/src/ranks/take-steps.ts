import { setImmediate as turn } from 'node:timers/promises'
import type { Barrier } from './barrier.ts'
import { compute } from './compute.ts'
import type { RankLog } from './open-log.ts'
import { processStatus } from './process-status.ts'
import { minWarmUpSteps, type RankJob, type RankReport } from './rank-job.ts'
import { type Usage, usage, usedBetween } from './usage.ts'

/** `performance.now` counts from the start of the process. With this offset, times of different processes can be compared. */
const clockOffset = Math.max(
  // the largest difference has the shortest time between its two reads, so it is the most exact
  ...Array.from({ length: 100 }, () => Number(process.hrtime.bigint()) / 1e6 - performance.now()),
)

/** Takes the steps of a job together with the other ranks, then closes the log. */
export async function takeSteps(job: RankJob, barrier: Barrier, log: RankLog | undefined): Promise<RankReport> {
  const steps: number[][] = []
  let longestCall = 0
  let before: Usage = usage()
  /** Start of the warm-up, then of the reported steps. */
  let phaseStart = performance.now()
  let allSteps = 0
  let isWarm = job.warmUpSteps === 0
  barrier.wait(false) // all ranks are ready
  for (let isLast = false; !isLast; allSteps++) {
    const start = performance.now()
    work(job)
    const worked = performance.now()
    const longest = log ? writeLines(log, allSteps, job.lines) : 0
    await turn() // work that the logger does later, in the event loop, delays the barrier too
    const logged = performance.now()
    const isOver = isWarm
      ? isLastStep(job, steps.length + 1, logged - phaseStart)
      : isWarmUpOver(job, allSteps + 1, logged - phaseStart)
    const isPhaseOver = barrier.wait(job.rank === 0 && isOver)
    const end = performance.now()
    if (!isWarm) {
      if (!isPhaseOver) continue
      isWarm = true
      before = usage()
      phaseStart = performance.now()
      continue
    }
    isLast = isPhaseOver
    longestCall = Math.max(longestCall, longest)
    steps.push([start + clockOffset, worked - start, logged - worked, end - logged, end - start])
  }
  await log?.close()
  const wallMs = performance.now() - phaseStart
  const used = usedBetween(before, usage())
  const column = (at: number) => Float64Array.from(steps, (step) => step[at] as number)
  return {
    start: column(0),
    work: column(1),
    stall: column(2),
    barrier: column(3),
    step: column(4),
    longestCall,
    allSteps,
    wallMs,
    ...used,
    writeCalls: used.writeCalls === null ? null : used.writeCalls - steps.length * barrier.writeCalls,
    rss: largestSet(),
  }
}

const still = new Int32Array(new SharedArrayBuffer(4))

function work({ stepMs, spinRounds, rank, slow }: RankJob): void {
  if (spinRounds > 0) compute(spinRounds)
  else Atomics.wait(still, 0, 0, stepMs)
  if (slow?.rank === rank) Atomics.wait(still, 0, 0, slow.extraMs)
}

function isWarmUpOver({ warmUpSteps, warmUpMs }: RankJob, steps: number, elapsedMs: number): boolean {
  return steps >= warmUpSteps || (steps >= minWarmUpSteps && elapsedMs >= warmUpMs)
}

function isLastStep({ durationMs, steps }: RankJob, taken: number, elapsedMs: number): boolean {
  return taken >= steps || elapsedMs >= durationMs
}

/**
 * Logs the lines of a step.
 *
 * @returns the time of the longest call, in ms; 0 if the gate closes this rank, because timing would cost more than the calls
 */
function writeLines(log: RankLog, step: number, lines: number): number {
  let longest = 0
  if (!log.isOpen) {
    for (let line = 0; line < lines; line++) log.write(step, line)
    return longest
  }
  let before = performance.now()
  for (let line = 0; line < lines; line++) {
    log.write(step, line)
    const after = performance.now()
    if (after - before > longest) longest = after - before
    before = after
  }
  return longest
}

function largestSet(): number {
  const { peakRss } = processStatus()
  return Number.isNaN(peakRss) ? process.resourceUsage().maxRSS / 1e3 : peakRss
}
