import { noLogging, noOpSink } from '../ranks/index.ts'
import type { Cell } from '../results/index.ts'
import { ratio } from '../stats/index.ts'

/**
 * How much the benchmark itself adds to a step, as a fraction: the ratio of the p50 of the no-op sink to that of no logging,
 * minus 1. The ratio is the median over the rounds.
 */
export interface HarnessOverhead {
  disk: Cell['disk']
  ranks: number
  lines: number
  overhead: number
}

export function harnessOverhead(cells: readonly Cell[]): HarnessOverhead[] {
  const p50 = ({ rounds }: Cell) => rounds.map(({ p50 }) => p50)
  return cells
    .filter(({ mode, part }) => mode === noOpSink && part === 'modes')
    .flatMap((sink) => {
      const base = cells.find(
        (cell) =>
          cell.mode === noLogging &&
          cell.part === 'modes' &&
          cell.disk === sink.disk &&
          cell.ranks === sink.ranks &&
          cell.linesPerStep === sink.linesPerStep &&
          cell.lineBytes === sink.lineBytes,
      )
      if (!base) return []
      const { disk, ranks, linesPerStep: lines } = sink
      return [{ disk, ranks, lines, overhead: ratio(p50(sink), p50(base)).median - 1 }]
    })
}
