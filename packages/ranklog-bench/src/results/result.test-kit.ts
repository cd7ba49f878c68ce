import type { Cell, Disk, Result, Round } from './result.ts'

const usualRound: Round = {
  steps: 1600,
  p50: 5.2,
  p95: 5.6,
  p99: 6,
  max: 9.5,
  stallRank0: 0.4,
  stallOthers: 0.4,
  longestCall: 1.2,
  barrierLoss: 0.1,
  linesPerSecond: 150_000,
  bytes: 9_000_000,
  writeCalls: 3000,
  contextSwitches: 4000,
  cpu: 2.5,
  rss: 70,
  logged: 30_000,
  found: 30_000,
  torn: 0,
  lost: 0,
  twice: 0,
  sample: [5.1, 5.2, 6],
}

/** The figures that differ in a round without logging. */
const idle: Partial<Round> = {
  linesPerSecond: 0,
  bytes: 0,
  writeCalls: 0,
  logged: 0,
  found: 0,
  stallRank0: 0,
  stallOthers: 0,
}

/** How a cell differs from the usual one. */
export interface CellChanges extends Partial<Omit<Cell, 'rounds'>> {
  /** Number of rounds. @default 6 */
  count?: number
  /** How far rounds are from their median, as a fraction. @default 0.01; for no logging 0 */
  spread?: number
  /** Figures that all rounds have. */
  round?: Partial<Round>
}

/** Positions of the rounds around their median, in units of the spread. The median of the first 2, 4 or 6 is 0. */
const places = [-0.2, 0.2, -0.5, 0.5, -1, 1]

/** Returns a cell of 8 ranks with a median step p99 of `p99` ms. The other step times are in the usual proportion to it. */
export function cellOf(mode: string, p99: number, changes: CellChanges = {}): Cell {
  const isIdle = mode === 'no logging'
  const { count = 6, spread = isIdle ? 0 : 0.01, round, ...rest } = changes
  const rounds = places.slice(0, count).map((place): Round => {
    const factor = (p99 / usualRound.p99) * (1 + place * spread)
    const { p50, p95, max } = usualRound
    const times = { p50: p50 * factor, p95: p95 * factor, p99: usualRound.p99 * factor, max: max * factor }
    return { ...usualRound, ...(isIdle && idle), ...times, ...round }
  })
  return { disk: 'given', mode, ranks: 8, linesPerStep: 100, lineBytes: 300, part: 'modes', rounds, ...rest }
}

/** Returns the cell of no logging, with a step p99 of 6 ms, and its control, whose rounds differ from that by up to `noise`. */
export function idleCells(changes: CellChanges = {}, noise = 0.01): Cell[] {
  return [cellOf('no logging', 6, changes), cellOf('no logging', 6, { ...changes, spread: noise, part: 'control' })]
}

export const givenDisk: Disk = { name: 'given', fileSystem: 'ext4', bytesPerSecond: 2.1e8, fsyncMs: 3 }
export const throttledDisk: Disk = { name: 'throttled', fileSystem: 'ext4', bytesPerSecond: 1e7, fsyncMs: 20 }

/** Returns the result of a quiet machine with these cells. */
export function resultOf(cells: Cell[], changes: Partial<Result> = {}): Result {
  return {
    format: 2,
    suite: 'contention',
    date: '2025-01-30T12:00:00.000Z',
    machine: { cpu: 'A CPU', cores: 2, memoryGB: 25, platform: 'linux x64' },
    versions: { node: '20.20.2', pino: '10.4.0', 'pino-roll': '4.0.0' },
    options: { ranks: [8], stepMs: 5, spin: false },
    disks: [givenDisk],
    cells,
    failed: [],
    messages: [],
    noise: { spread: 0.01, otherCpu: 0.02, warnings: [] },
    ...changes,
  }
}
