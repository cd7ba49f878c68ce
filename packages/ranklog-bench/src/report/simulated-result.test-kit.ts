import { type Cell, type Disk, kindOf, type Result, type Round } from '../results/index.ts'
import { mean, quantile, randomFrom } from '../stats/index.ts'

/** Options of a simulated run. */
export interface SimulatedRun {
  seed: number
  ranks?: readonly number[]
  lines?: readonly number[]
  lineBytes?: readonly number[]
  disks?: readonly Disk[]
  modes?: readonly string[]
  rounds?: number
}

/** The names of all modes of the suite. */
export const allModes: readonly string[] = [
  'no logging',
  'no-op sink',
  'pino/file to one file',
  'pino/file to N files',
  'pino-roll to N files',
  'winston to one file',
  'winston to N files',
  'appendFileSync to one file',
  'appendFileSync to N files',
  'appendFileSync + fsync to N files',
  'gated',
  'split',
  'stdout',
  'collected',
]

export const slowDisk: Disk = { name: 'throttled', fileSystem: 'ext4', bytesPerSecond: 1e7, fsyncMs: 4.2 }
export const fastDisk: Disk = { name: 'given', fileSystem: 'ext4', bytesPerSecond: 2.1e8, fsyncMs: 1.1 }

/** Bytes that the page cache takes before a write waits for the disk. */
const dirtyBytes = 2 ** 24

const steps = 240
const stepMs = 5

/** Returns the CPU time of a log call, in ms. */
const callMs = (mode: string) =>
  mode.startsWith('appendFileSync') ? 0.006 : mode.startsWith('winston') ? 0.009 : 0.003

/**
 * Returns a result as the suite would measure it on a disk with a limited page cache. A rank that writes when the cache is
 * full waits until the disk has written an eighth of it. The same seed gives the same result.
 */
export function simulateResult(run: SimulatedRun): Result {
  const { seed, ranks = [1, 2, 4, 8], lines = [100], lineBytes = [300], disks = [fastDisk, slowDisk] } = run
  const { modes = allModes, rounds = 5 } = run
  const random = randomFrom(seed)
  const most = (values: readonly number[]) => Math.max(...values)
  const cellOf = (
    disk: Disk,
    part: Cell['part'],
    mode: string,
    sizes: Omit<Cell, 'disk' | 'mode' | 'part' | 'rounds'>,
  ): Cell => ({
    disk: disk.name,
    mode,
    part,
    ...sizes,
    rounds: Array.from({ length: rounds }, () => roundOf(disk, mode, sizes, random)),
  })
  const cells = disks.flatMap((disk) => {
    const sizes = { ranks: most(ranks), linesPerStep: 100, lineBytes: 300 }
    return [
      ...ranks.flatMap((ranks) => modes.map((mode) => cellOf(disk, 'modes', mode, { ...sizes, ranks }))),
      ...(modes.includes('no logging') ? [cellOf(disk, 'control', 'no logging', sizes)] : []),
      ...lines
        .filter((count) => count !== 100)
        .flatMap((linesPerStep) => modes.map((mode) => cellOf(disk, 'lines', mode, { ...sizes, linesPerStep }))),
      ...lineBytes
        .filter((bytes) => bytes !== 300)
        .flatMap((lineBytes) => modes.map((mode) => cellOf(disk, 'bytes', mode, { ...sizes, lineBytes }))),
    ]
  })
  return {
    format: 2,
    suite: 'contention',
    date: '2026-11-30T15:04:05.000Z',
    machine: { cpu: 'Example CPU @ 2.5 GHz', cores: 4, memoryGB: 16, platform: 'linux x64' },
    versions: { node: '20.20.2', pino: '10.4.0', 'ranklog-bench': '0.1.0', 'pino-roll': '4.0.0', winston: '3.19.0' },
    options: {
      ranks: [...ranks],
      lines: [...lines],
      lineBytes: [...lineBytes],
      durationMs: 20_000,
      rounds,
      stepMs,
      spin: false,
    },
    disks: [...disks],
    cells,
    failed: [],
    messages: [],
    noise: { spread: 0.021, otherCpu: 0.03, warnings: [] },
  }
}

type Times = [start: number, work: number, stall: number, barrier: number]

function roundOf(
  disk: Disk,
  mode: string,
  sizes: Pick<Cell, 'ranks' | 'linesPerStep' | 'lineBytes'>,
  random: () => number,
): Round {
  const { ranks, linesPerStep, lineBytes } = sizes
  const kind = kindOf(mode)
  const isWriter = (rank: number) => kind !== 'none' && (kind !== 'gated' || rank === 0)
  const times: Times[][] = Array.from({ length: ranks }, () => [])
  const bytesPerMs = (disk.bytesPerSecond ?? 1e9) / 1000
  const waits = kind === 'ungated' // our sinks do not wait: a thread writes
  let [clock, dirty] = [1000, 0.9 * dirtyBytes]
  for (let step = 0; step < steps; step++) {
    const now: Times[] = times.map((_, rank) => {
      const work = stepMs + 0.08 + 0.1 * random() ** 4
      if (!isWriter(rank)) return [clock, work, kind === 'none' ? 0 : linesPerStep * 2e-5, 0]
      let stall = linesPerStep * callMs(mode) * (0.8 + 0.4 * random()) * (0.7 + lineBytes / 1000)
      if (mode.includes('fsync')) stall += linesPerStep * (disk.fsyncMs ?? 1) * (0.8 + 0.4 * random())
      if (kind !== 'harness') dirty += linesPerStep * lineBytes
      if (waits && dirty > dirtyBytes) {
        const written = dirty - (7 / 8) * dirtyBytes
        stall += (written / bytesPerMs) * (0.9 + 0.2 * random())
        dirty -= written
      }
      return [clock, work, stall, 0]
    })
    const last = Math.max(...now.map(([, work, stall]) => work + stall)) + 0.05
    for (const time of now) time[3] = last - time[1] - time[2]
    for (const [rank, own] of times.entries()) own.push(now[rank] as Times)
    clock += last
    dirty = Math.max(0, dirty - last * bytesPerMs)
  }
  return roundFromTimes(times, sizes, times.filter((_, rank) => isWriter(rank)).length)
}

function roundFromTimes(
  times: readonly Times[][],
  { linesPerStep, lineBytes }: Pick<Cell, 'linesPerStep' | 'lineBytes'>,
  writers: number,
): Round {
  const all = times.flat().map(([, work, stall, barrier]) => work + stall + barrier)
  const meanStall = (ranks: readonly Times[][]) => mean(ranks.flat().map(([, , stall]) => stall))
  const [first] = times as [Times[]]
  const wallMs = (first.at(-1) as Times)[0] - (first[0] as Times)[0]
  const lines = writers * linesPerStep * steps
  const longest = first.reduce((best, time, step) => (sum(time) > sum(first[best] as Times) ? step : best), 0)
  return {
    steps,
    p50: quantile(all, 0.5),
    p95: quantile(all, 0.95),
    p99: quantile(all, 0.99),
    max: Math.max(...all),
    stallRank0: meanStall([first]),
    stallOthers: times.length > 1 ? meanStall(times.slice(1)) : null,
    longestCall: Math.max(...times.flat().map(([, , stall]) => stall)),
    barrierLoss: mean(times.flat().map(([, , , barrier]) => barrier)),
    linesPerSecond: lines / (wallMs / 1000),
    bytes: lines * lineBytes,
    writeCalls: lines,
    contextSwitches: steps * times.length * 2,
    cpu: 0.4,
    rss: 66.3,
    logged: lines,
    found: lines,
    torn: 0,
    lost: 0,
    twice: 0,
    sample: all.slice(0, 2000),
    timeline: times.map((own) => own.slice(Math.max(0, longest - 20), longest + 20)),
  }
}

function sum([, work, stall, barrier]: Times): number {
  return work + stall + barrier
}
