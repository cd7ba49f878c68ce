import { countText } from 'pino-rank/sink'
import { type Cell, minRounds, type Round, shortNumber } from '../results/index.ts'

/** Figures of a round that are plain numbers. */
export type FigureName = {
  [Name in keyof Round]-?: Round[Name] extends number | null ? Name : never
}[keyof Round]

/** Returns a figure of each round that has it. */
export function figures(cell: Cell, name: FigureName): number[] {
  return cell.rounds.flatMap((round) => {
    const value = round[name]
    return value === null || Number.isNaN(value) ? [] : [value]
  })
}

/** Mean time that a rank spends in the log calls of a step, in ms: rank 0, or the others, whichever log for longer. */
export function longerStall({ stallRank0, stallOthers }: Round): number {
  return Math.max(stallRank0, stallOthers ?? 0)
}

/** Three digits that count, and all digits of a whole number: `0.0123`, `8.4`, `208`, `12,300`. */
export function numberText(value: number): string {
  return shortNumber(value).toLocaleString('en', { maximumSignificantDigits: 21 })
}

/** A time with its unit: `52 µs`, `8.4 ms`, `12.3 s`. */
export function timeText(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 0.1) return `${numberText(ms * 1000)} µs`
  return ms < 10_000 ? `${numberText(ms)} ms` : `${numberText(ms / 1000)} s`
}

/** A size with its unit: `300 B`, `1.5 kB`, `210 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${numberText(bytes / 1000 ** power)} ${units[power]}`
}

/** Returns a sentence, with a space before it, that so few rounds need; empty: they are enough. */
export function roundsText(rounds: number): string {
  return rounds < minRounds ? ` ${countText(rounds, 'round')} cannot show a difference; ${minRounds} can.` : ''
}
