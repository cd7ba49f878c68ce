/** Which line of which step. */
export interface LineOf {
  rank: number
  step: number
  line: number
}

/** The shortest line that every mode can write, in bytes with its newline. */
export const minLineBytes = 100

/** Added to the numbers of steps and lines: numbers of a fixed width keep the lines equal. */
export const numberBase = 100_000

const time = 1_700_000_000_000

/** More steps, or lines in a step, would make lines longer. */
export const maxSteps = 900_000
export const maxLines = 900_000

/** What a rank logs: lines of one length, with every logger. */
export class Lines {
  /** The message of a record of pino, which has its fields `level`, `time` and `rank`. */
  readonly msg: string
  /** The message of a record of winston, which has `level`, `rank` and a `timestamp` in ms. */
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

  /** Returns the whole line, as pino writes it. */
  text(step: number, line: number): string {
    return `{"level":30,"time":${Date.now()},"rank":${this.#rank},"step":${numberBase + step},"line":${numberBase + line},"msg":"${this.msg}"}\n`
  }
}

const ofPino = /^\{"level":30,"time":\d{13},"rank":(\d+),"step":(\d{6}),"line":(\d{6}),"msg":"x*"\}$/

/** Our stdout sink marks records that it may have written before. */
const mark = '"repeated":true,'

/** Returns what a line on disk says; undefined where it is not a whole one of this length. @param text without its newline */
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

/** Returns which line a record is of. @param step as it is in the record, like `line` */
export function lineOf(rank: number, step: number, line: number): LineOf {
  return { rank, step: step - numberBase, line: line - numberBase }
}

function fill(empty: object, lineBytes: number): string {
  return 'x'.repeat(Math.max(0, lineBytes - JSON.stringify(empty).length - 1))
}
