import { type Mode, noLogging } from '../ranks/index.ts'
import type { Cell, Disk } from '../results/index.ts'
import { stepMsOn } from './rates.ts'
import type { SuiteOptions } from './suite-options.ts'

/** A combination to measure. */
export interface PlannedCell extends Omit<Cell, 'rounds'> {
  stepMs: number
}

/** The modes and sizes that `scaling` measures. */
const scaled = {
  modes: [noLogging, 'pino/file to one file', 'gated'],
  ranks: [1, 2, 4, 8, 16, 32, 64],
  lines: [1, 10, 100, 1000],
  lineBytes: [100, 300, 1000, 3000, 10_000],
}

/**
 * Returns all combinations to measure. Each combination of disk, ranks, lines and line size has a cell of no logging, because
 * the others are compared with it. Each combination of disk and ranks has a second one, the control.
 *
 * @param disks the disks that can be measured
 * @param modes the modes that the user selected and that are available
 */
export function planCells(options: SuiteOptions, disks: readonly Disk[], modes: readonly Mode[]): PlannedCell[] {
  const [lines, lineBytes] = [options.lines[0] as number, options.lineBytes[0] as number]
  const cellsOf = (disk: Disk, part: Cell['part'], mode: string, ranks: number, lines: number, lineBytes: number) => {
    const stepMs = stepMsOn(disk, lines, lineBytes, options)
    return { disk: disk.name, mode, ranks, linesPerStep: lines, lineBytes, part, stepMs }
  }
  const cells = disks.flatMap((disk) => {
    const names = modes.filter((mode) => disk.name !== 'fsync' || mode.canFsync).map(({ name }) => name)
    return options.ranks.flatMap((ranks) => [
      ...each(options.lines, options.lineBytes).flatMap(([lines, bytes]) =>
        [...new Set([noLogging, ...names])].map((mode) => cellsOf(disk, 'modes', mode, ranks, lines, bytes)),
      ),
      cellsOf(disk, 'control', noLogging, ranks, lines, lineBytes),
    ])
  })
  const [disk] = disks
  if (!options.scaling || !disk) return cells
  const maxRanks = Math.max(...options.ranks)
  const scaling = scaled.modes.flatMap((mode) => [
    ...[...new Set([...scaled.ranks, maxRanks])].map((ranks) => cellsOf(disk, 'ranks', mode, ranks, lines, lineBytes)),
    ...scaled.lines.map((lines) => cellsOf(disk, 'lines', mode, maxRanks, lines, lineBytes)),
    ...scaled.lineBytes.map((bytes) => cellsOf(disk, 'bytes', mode, maxRanks, lines, bytes)),
  ])
  return [...cells, ...scaling]
}

/** Returns the cell that a cell is compared with: the same job without logging. */
export function baseOf<Planned extends PlannedCell>(cell: Planned, cells: readonly Planned[]): Planned | undefined {
  const part = cell.part === 'control' ? 'modes' : cell.part
  return cells.find(
    (other) =>
      other.mode === noLogging &&
      other.part === part &&
      other.disk === cell.disk &&
      other.ranks === cell.ranks &&
      other.linesPerStep === cell.linesPerStep &&
      other.lineBytes === cell.lineBytes,
  )
}

function each<A, B>(as: readonly A[], bs: readonly B[]): [A, B][] {
  return as.flatMap((a) => bs.map((b): [A, B] => [a, b]))
}
