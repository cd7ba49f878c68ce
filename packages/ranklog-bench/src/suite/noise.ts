import { noLogging } from '../ranks/index.ts'
import type { Cell, Noise } from '../results/index.ts'
import { median, quantiles, ratio } from '../stats/index.ts'
import type { OtherCpu } from './cpu-watch.ts'

/** Above these fractions there is a warning: spread of a figure, difference of a control, CPU time of others, steal time. */
const limits = { spread: 0.1, control: 0.1, otherCpu: 0.05, stolen: 0.02 }

/** Returns how noisy the machine was, with a warning for each sign of noise. */
export function noiseOf(cells: readonly Cell[], cpu: OtherCpu, cores: number): Noise {
  const spreads = cells.map(spreadOf)
  return {
    spread: median(spreads),
    otherCpu: cpu.share,
    warnings: [
      ...(cells.some(({ rounds }) => rounds.length < 2) ? ['one round: how much the figures vary is not known'] : []),
      ...cells.flatMap((cell, at) => spreadWarning(cell, spreads[at] as number)),
      ...cells.flatMap((cell) => controlWarning(cell, cells)),
      ...cpuWarnings(cpu, cores),
    ],
  }
}

/** Returns (third quartile − first quartile) ÷ median of the p50 of the rounds. */
function spreadOf({ rounds }: Cell): number {
  const [first, middle, third] = quantiles(
    rounds.map(({ p50 }) => p50),
    [0.25, 0.5, 0.75],
  ) as [number, number, number]
  return (third - first) / middle
}

/** Returns a warning only for no logging, which should not vary. The other modes vary also because of the disk. */
function spreadWarning(cell: Cell, spread: number): string[] {
  if (cell.mode !== noLogging || spread <= limits.spread) return []
  return [`p50 of "${cell.mode}" (${where(cell)}) varied by ${percent(spread)} between rounds`]
}

function controlWarning(cell: Cell, cells: readonly Cell[]): string[] {
  if (cell.part !== 'control') return []
  const base = cells.find(
    ({ mode, part, disk, ranks }) =>
      part === 'modes' && mode === noLogging && disk === cell.disk && ranks === cell.ranks,
  )
  const p99 = ({ rounds }: Cell) => rounds.map(({ p99 }) => p99)
  const difference = base ? Math.abs(ratio(p99(cell), p99(base)).median - 1) : 0
  if (difference <= limits.control) return []
  return [`"${noLogging}", measured twice (${where(cell)}), differs by ${percent(difference)} in p99`]
}

function cpuWarnings({ share, stolen, most }: OtherCpu, cores: number): string[] {
  const warnings: string[] = []
  if (share !== null && share > limits.otherCpu) {
    const name = most && most.cores > (share * cores) / 4 ? `, "${most.name}" ${most.cores.toFixed(1)}` : ''
    warnings.push(`other processes used ${(share * cores).toFixed(1)} of ${cores} cores${name}`)
  }
  if (stolen > limits.stolen) warnings.push(`the hypervisor gave ${percent(stolen)} of the CPU time to other machines`)
  return warnings
}

function where({ ranks, disk }: Cell): string {
  return `${ranks} ${ranks === 1 ? 'rank' : 'ranks'}, ${disk}`
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`
}
