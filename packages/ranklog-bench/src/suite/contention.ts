import { makeRunFolder, openDisks, type RunFolder } from '../disks/index.ts'
import { type FoundPackage, findRivals, type Mode, modeOf, noLogging, type Rival } from '../ranks/index.ts'
import { type Disk, type Result, resultFormat } from '../results/index.ts'
import { abortOnSignals } from './abort-on-signals.ts'
import { type PlannedCell, planCells } from './cells.ts'
import { watchCpu } from './cpu-watch.ts'
import { harnessOverhead } from './harness-overhead.ts'
import { interleave } from './interleave.ts'
import { JobRunner, warmUpMsOf } from './job-runner.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { measuredCells } from './measured-cells.ts'
import { noiseOf } from './noise.ts'
import { Progress } from './progress.ts'
import { aims, type Rates, ratesOf, stepMsOn } from './rates.ts'
import {
  checkSuiteOptions,
  defaultStepMs,
  defaultThrottle,
  type SuiteEvents,
  type SuiteOptions,
} from './suite-options.ts'

/**
 * Measures what it costs a job when its ranks log. All that it makes is in a folder of its own in `dir`, and is removed at the end,
 * at a signal and at an error.
 *
 * @throws {RankError} OPTION_INVALID, for the first option that is invalid
 * @throws {Error} if a rank or a disk fails, or the reason of `events.signal`
 */
export async function runContention(options: SuiteOptions, events: SuiteEvents): Promise<Result> {
  checkSuiteOptions(options)
  const ending = abortOnSignals(events.signal)
  try {
    const run = makeRunFolder(options.dir)
    try {
      return await measure(options, { ...events, signal: ending.signal }, run)
    } finally {
      run.remove()
    }
  } finally {
    ending.release()
  }
}

async function measure(options: SuiteOptions, events: SuiteEvents, run: RunFolder): Promise<Result> {
  const date = new Date().toISOString()
  const rivals = findRivals()
  const { found, leftOut } = modesHere(options.modes, rivals)
  const throttleBytesPerSecond = options.throttleBytesPerSecond ?? defaultThrottle
  const open = openDisks(run, {
    names: options.disks,
    throttleBytesPerSecond,
    throttledBytes: throttledBytes(options, throttleBytesPerSecond),
  })
  try {
    events.signal.throwIfAborted()
    const disks = open.disks.filter(({ name }) => open.folders.has(name))
    if (disks.length === 0) throw new Error(`ranklog-bench: no disk can be measured: ${notes(open.disks)}`)
    const cells = planCells(options, disks, found)
    const runner = new JobRunner(options, open.folders, run.scratch, rivals, events.signal)
    const [first] = cells
    const perRank = first ? await warmUp(runner, first) : 0
    const progress = new Progress(events, cells, options.rounds, runner.stepsMs + warmUpMsOf(runner.stepsMs), perRank)
    const watched = watchCpu()
    const failed = new Map<PlannedCell, string>()
    const samples = await interleave(cells, options.rounds, async (cell) => {
      progress.begin(cell)
      return failed.has(cell) ? undefined : runner.run(cell).catch((error) => fail(cell, error, failed, events.signal))
    })
    const measured = measuredCells(cells, samples, failed)
    const machine = describeMachine()
    return {
      format: resultFormat,
      suite: 'contention',
      date,
      machine,
      versions: describeVersions(rivals),
      options: {
        ...described(options),
        leftOut,
        rates: allRates(options, disks),
        harness: harnessOverhead(measured),
      },
      disks: open.disks,
      cells: measured,
      failed: [...failed].map(([{ stepMs, part, ...cell }, error]) => ({ ...cell, error })),
      messages: runner.messages,
      noise: noiseOf(measured, watched(), machine.cores),
    }
  } finally {
    open.close()
  }
}

/**
 * Records that a mode failed, so that the figures of the others are not lost. Throws the error for `no logging`, because without it
 * there is nothing to compare with.
 */
function fail(cell: PlannedCell, error: Error, failed: Map<PlannedCell, string>, signal: AbortSignal): undefined {
  if (signal.aborted || cell.mode === noLogging) throw error
  failed.set(cell, error.message)
}

/** Returns the selected modes, and the names of those whose package is not installed. */
function modesHere(names: readonly string[], rivals: ReadonlyMap<Rival, FoundPackage>) {
  const selected = names.map(modeOf)
  const isMissing = ({ rival }: Mode) => rival !== undefined && !rivals.has(rival)
  const leftOut = selected.filter(isMissing).map(({ name }) => name)
  return { found: selected.filter((mode) => !isMissing(mode)), leftOut }
}

/** Maximum time of the steps of the first job, in ms. */
const firstJobMs = 500

/** Runs a job that is not counted, to warm the caches. @returns how long each of its ranks took to start and to end, in ms */
async function warmUp(runner: JobRunner, cell: PlannedCell): Promise<number> {
  const began = performance.now()
  const stepsMs = Math.min(runner.stepsMs, firstJobMs)
  await runner.run(cell, stepsMs)
  return Math.max(0, performance.now() - began - stepsMs - warmUpMsOf(stepsMs)) / cell.ranks
}

/** Returns the size of the throttled disk: the bytes that all ranks write in a round without a gate, and space for the file system. */
export function throttledBytes(options: SuiteOptions, bytesPerSecond: number): number {
  const disk: Disk = { name: 'throttled', fileSystem: 'ext4', bytesPerSecond }
  const rates = allRates(options, [disk]).map(({ ungated }) => ungated * bytesPerSecond)
  const seconds = options.durationMs / options.rounds / 1000
  return Math.ceil(1.5 * Math.max(...rates) * (seconds + 1)) + 2 ** 28
}

function allRates(options: SuiteOptions, disks: readonly Disk[]): (Rates & { note?: string })[] {
  return disks.flatMap((disk) =>
    options.lines.flatMap((lines) =>
      options.lineBytes.flatMap((lineBytes) =>
        options.ranks.flatMap((ranks) => {
          const rates = ratesOf(disk, ranks, lines, lineBytes, stepMsOn(disk, lines, lineBytes, options))
          return rates ? [{ ...rates, ...noteOf(disk, rates) }] : []
        }),
      ),
    ),
  )
}

function noteOf({ name }: Disk, { rank0, ungated }: Rates): { note?: string } {
  if (name !== 'throttled') return {}
  if (rank0 > aims.rank0) return { note: `rank 0 alone needs more than ${aims.rank0} of the disk` }
  return ungated < aims.ungated ? { note: `all ranks need less than ${aims.ungated} times what the disk can` } : {}
}

function notes(disks: readonly Disk[]): string {
  return disks.map(({ name, note }) => `${name}: ${note}`).join('; ')
}

/** Returns the options for the result, without the folder, whose path may contain the user's name. */
function described({ dir, ...options }: SuiteOptions): Record<string, unknown> {
  return { ...options, stepMs: options.stepMs ?? defaultStepMs }
}
