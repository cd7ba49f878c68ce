/** `once`: a whole record that no line above it has. `copy`: a line above has it, too. `torn`: no JSON. */
export type LineKind = 'once' | 'copy' | 'torn'

export interface Line {
  text: string
  kind: LineKind
  isError: boolean
}

/** A part of what a job printed, with figures of all of it. */
export interface Excerpt {
  /** Long lines are shortened. */
  lines: Line[]
  /** Number of lines of the whole output. */
  total: number
  copies: number
  torn: number
}

/** What the two jobs printed. */
export interface Run {
  versions: Record<string, string>
  pino: Excerpt
  pinoRank: Excerpt
}

/** Number of lines in each half of the picture. */
const shownLines = 12

/** Number of lines above the first torn line. */
const linesBefore = 5

/** Length of the longest line that the picture has room for. */
export const maxLength = 49

const start = '{"level"'

/** Returns as many lines of one output as of the other, from the same step on. The first is shown where its first line is torn. */
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

/** Returns a line of at most `maxLength` characters: its start, and its end or the place where another record begins within it. */
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
