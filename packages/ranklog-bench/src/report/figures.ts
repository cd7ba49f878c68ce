import { countText } from 'pino-rank/sink'
import { type Cell, minRounds, numberText, type Round } from '../results/index.ts'

/** Names of a round's figures that are numbers. */
export type FigureName = {
  [Name in keyof Round]-?: Round[Name] extends number | null ? Name : never
}[keyof Round]

/** Returns a figure of all rounds. Rounds without it are left out. */
export function figures(cell: Cell, name: FigureName): number[] {
  return cell.rounds.flatMap((round) => {
    const value = round[name]
    return value === null || Number.isNaN(value) ? [] : [value]
  })
}

/** Returns a size with its unit: `300 B`, `1.5 kB`, `210 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${numberText(bytes / 1000 ** power)} ${units[power]}`
}

/** Returns a sentence, with a space before it, if there are too few rounds to show a difference; otherwise an empty text. */
export function roundsText(rounds: number): string {
  return rounds < minRounds ? ` ${countText(rounds, 'round')} cannot show a difference; ${minRounds} can.` : ''
}
