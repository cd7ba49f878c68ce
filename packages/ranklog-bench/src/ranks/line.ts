/** Identifies a line of a job. */
export interface LineOf {
  rank: number
  step: number
  line: number
}

/** The shortest line that every mode can write, in bytes with its newline. */
export const minLineBytes = 100

/** Added to the numbers of steps and lines, so that all have the same number of digits and all lines the same length. */
export const numberBase = 100_000

const time = 1_700_000_000_000

/** With more steps, or more lines in a step, the numbers would have more digits and the lines would be longer. */
export const maxSteps = 900_000
export const maxLines = 900_000

/** Makes the lines that a rank logs. They have one length, whichever logger writes them. */
export class Lines {
  /** The message for pino, whose records have the fields `level`, `time` and `rank`. */
  readonly msg: string
  /** The message for winston, whose records have the fields `level`, `rank` and `timestamp`, in ms. */
  readonly message: string
  readonly #rank: number

  constructor(rank: number, lineBytes: number) {
    this.#rank = rank
    const empty = { step: numberBase, line: numberBase }
    this.msg = fill({ level: 30, time, rank, ...empty, msg: '' }, lineBytes)
    this.message = fill({ level: 'info', rank, ...empty, message: '', timestamp: `${time}` }, lineBytes)
  }

  fields(step: number, line: number): { step: number; line: number } {
    return { step: numberBase + step, line: numberBase + line }
  }

  /** Returns the same line as pino writes for these fields. */
  text(step: number, line: number): string {
    return `{"level":30,"time":${Date.now()},"rank":${this.#rank},"step":${numberBase + step},"line":${numberBase + line},"msg":"${this.msg}"}\n`
  }
}

const ofPino = /^\{"level":30,"time":\d{13},"rank":(\d+),"step":(\d{6}),"line":(\d{6}),"msg":"x*"\}$/

/** The field with which our stdout sink marks records that it may have written before. */
const mark = '"repeated":true,'

/**
 * Reads a line from a log file. Returns undefined if the text is not one whole line of this length.
 *
 * @param text the line without its newline
 */
export function readLine(text: string, lineBytes: number): LineOf | undefined {
  if (text.length !== lineBytes - 1)
    return text.startsWith(`{${mark}`) ? readLine(text.replace(mark, ''), lineBytes) : undefined
  const [, rank, step, line] = ofPino.exec(text) ?? []
  return rank === undefined ? readWinston(text) : lineOf(Number(rank), Number(step), Number(line))
}

function readWinston(text: string): LineOf | undefined {
  try {
    const { level, message, rank, step, line } = JSON.parse(text)
    return level === 'info' && /^x*$/.test(message) ? lineOf(rank, step, line) : undefined
  } catch {
    return undefined
  }
}

/** Returns which line a record is. `step` and `line` are the numbers in the record, with {@link numberBase} added. */
export function lineOf(rank: number, step: number, line: number): LineOf {
  return { rank, step: step - numberBase, line: line - numberBase }
}

function fill(empty: object, lineBytes: number): string {
  return 'x'.repeat(Math.max(0, lineBytes - JSON.stringify(empty).length - 1))
}
