import type { Question } from './cells.ts'
import { diskText } from './disk-text.ts'
import { timeText } from './figures.ts'
import { kindOf } from './modes.ts'
import type { Cell, Result } from './result.ts'
import { type Size, type Slope, slopeOf } from './slopes.ts'

/** How a sentence describes the slope against one size. */
interface Wording {
  size: Size
  part: Cell['part']
  /** Number of units that the sentence gives the slope for. One byte would add next to nothing. */
  units: number
  subject: string
}

const sizes: readonly Wording[] = [
  { size: 'ranks', part: 'ranks', units: 1, subject: 'each further rank' },
  { size: 'linesPerStep', part: 'lines', units: 1, subject: 'each further line of a step' },
  { size: 'lineBytes', part: 'bytes', units: 100, subject: 'every 100 bytes more in a line' },
]

/**
 * Returns sentences about the cost of each further rank, line and byte. With `--scaling`: for the other logger that was
 * measured, and for gated logging. Without it: only if several sizes were measured and a straight line fits.
 */
export function slopeSentences(result: Result, question: Question): string[] {
  const scaled = result.cells.find(({ part }) => sizes.some((wording) => wording.part === part))
  const disk = scaled?.disk ?? question.disk.name
  const found = sizes.flatMap((wording) => {
    const cells = cellsOf(result.cells, wording, disk, question, scaled !== undefined)
    const worst = worstOf(cells, wording.size)
    const gated = slopeOf(cells, 'gated', wording.size)
    const isWorth = worst && (scaled !== undefined || (worst.isShown && worst.isEven))
    return isWorth ? [{ wording, worst, ...(gated && { gated }) }] : []
  })
  const other = result.disks.find(({ name }) => name === disk && name !== question.disk.name)
  const start = other ? `On ${diskText(other)}, with` : 'With'
  return found.map(
    ({ wording, worst, gated }) =>
      `${start} ${worst.mode}, ${wording.subject} adds ${slopeText(worst, wording)} to ${costText(wording)}${gatedText(gated, wording)}.`,
  )
}

/** Returns the cells that differ only in the mode and in one size. */
function cellsOf(
  cells: readonly Cell[],
  { size, part }: Wording,
  disk: Cell['disk'],
  question: Question,
  isScaled: boolean,
): Cell[] {
  const others = sizes.map((wording) => wording.size).filter((name) => name !== size)
  const isAsked = (cell: Cell) =>
    isScaled ? cell.part === part : cell.part === 'modes' && others.every((name) => cell[name] === question[name])
  return cells.filter((cell) => cell.disk === disk && isAsked(cell))
}

/** Returns the largest slope of the modes of other loggers in which every rank writes. */
function worstOf(cells: readonly Cell[], size: Size): Slope | undefined {
  const modes = [...new Set(cells.map(({ mode }) => mode))].filter((mode) => kindOf(mode) === 'ungated')
  const slopes = modes.flatMap((mode) => slopeOf(cells, mode, size) ?? [])
  return slopes.toSorted((a, b) => b.perUnit.median - a.perUnit.median)[0]
}

/** Returns for example `0.8 ms (95 % interval 0.7 ms to 0.9 ms)`. */
function slopeText({ perUnit, isShown, isEven }: Slope, { units }: Wording): string {
  if (!isShown) return 'nothing that this run can show'
  const { median, low, high } = perUnit
  const uneven = isEven ? '' : ' on average, though not evenly'
  return `${twoDigits(median * units)}${uneven} (95 % interval ${twoDigits(low * units)} to ${twoDigits(high * units)})`
}

function costText({ size }: Wording): string {
  return size === 'ranks'
    ? 'what logging costs a step (p99 minus that of no logging)'
    : 'the time in the log calls of a step'
}

function gatedText(gated: Slope | undefined, wording: Wording): string {
  return gated ? `; with gated logging it adds ${slopeText(gated, wording)}` : ''
}

function twoDigits(ms: number): string {
  return timeText(Number(ms.toPrecision(2)))
}
