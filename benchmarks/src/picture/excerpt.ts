/** `once`: the first line with a record. `copy`: a line that is the same as an earlier one. `torn`: not JSON. */
export type LineKind = 'once' | 'copy' | 'torn'

export interface Line {
  text: string
  kind: LineKind
  isError: boolean
}

/** A part of the output of a job, with counts of the whole output. */
export interface Excerpt {
  /** Long lines are shortened. */
  lines: Line[]
  /** Number of lines of the whole output. */
  total: number
  copies: number
  torn: number
}

/** The excerpts of both jobs. */
export interface Run {
  versions: Record<string, string>
  pino: Excerpt
  pinoRank: Excerpt
}

/** Number of lines in each half of the picture. */
const shownLines = 12

/** Number of lines above the first torn line. */
const linesBefore = 5

/** The longest line that fits in the picture, in characters. */
export const maxLength = 49

const start = '{"level"'

/** Returns the same number of lines of both outputs, from the same step on: shortly before the first torn line of `pino`. */
export function excerptsOf(pino: string, pinoRank: string): { pino: Excerpt; pinoRank: Excerpt } {
  const [left, right] = [linesOf(pino), linesOf(pinoRank)]
  const torn = left.findIndex(({ kind }) => kind === 'torn')
  const first = Math.max(0, torn - linesBefore)
  const step = stepOf(left[first])
  const same = right.findIndex((line) => stepOf(line) === step)
  return { pino: excerptAt(left, first), pinoRank: excerptAt(right, Math.max(0, same)) }
}

function excerptAt(all: readonly Line[], first: number): Excerpt {
  const count = (kind: LineKind) => all.filter((line) => line.kind === kind).length
  const lines = all.slice(first, first + shownLines).map((line) => ({ ...line, text: shorten(line.text) }))
  return { lines, total: all.length, copies: count('copy'), torn: count('torn') }
}

/** Returns the lines of an output, each with its kind. */
export function linesOf(output: string): Line[] {
  const seen = new Set<string>()
  return output
    .replace(/\n$/, '')
    .split('\n')
    .map((text) => {
      const level = levelOf(text)
      const kind = level === undefined ? 'torn' : seen.has(text) ? 'copy' : 'once'
      seen.add(text)
      return { text, kind, isError: level === 50 }
    })
}

function levelOf(text: string): number | undefined {
  try {
    return JSON.parse(text).level
  } catch {
    return undefined
  }
}

function stepOf(line: Line | undefined): string | undefined {
  return /"step":(\d+)/.exec(line?.text ?? '')?.[1]
}

/** Cuts a line to `maxLength` characters: its start, and its end or the place where another record begins in it. */
export function shorten(text: string): string {
  if (text.length <= maxLength) return text
  const joint = text.indexOf(start, 1)
  if (joint === -1) return cut(text, 36, maxLength)
  const head = `${text.slice(0, 12)}…`
  const rest = text.slice(joint - 6)
  return `${head}${rest.slice(0, maxLength - head.length - 1)}…`
}

function cut(text: string, head: number, length: number): string {
  return `${text.slice(0, head)}…${text.slice(head + 1 - length)}`
}
