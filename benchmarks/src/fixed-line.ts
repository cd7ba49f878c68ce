import type { Logger } from 'pino'
import type { Logger as Winston } from 'winston'

/** Which line of which step. */
export interface LineOf {
  rank: number
  step: number
  line: number
}

/** Bytes of each line, its newline included; one more for each digit of the rank after the first. */
export const lineBytes = 150

// numbers of a fixed width keep the lines equal
const base = 100_000
const time = 1_700_000_000_000
const text = fill({ level: 30, time, rank: 0, step: base, line: base, msg: '' })
const message = fill({ level: 'info', line: base, message: '', rank: 0, step: base, timestamp: new Date(time) })

const example = JSON.stringify({ level: 30, time, rank: 0, step: base, line: base, msg: text })

/** Logs one line, as a training step would; the logger's base is `{ rank }`. */
export function writeLine(log: Logger, step: number, line: number): void {
  log.info({ step: base + step, line: base + line }, text)
}

/** Logs one metric, as a training step would. */
export function writeMetric(log: Logger, step: number, line: number): void {
  log.info({ metrics: { 'loss/train': 1 / (line + 1) }, step: base + step })
}

/** The same as an error, which a line writer does not hold back. */
export function writeUrgentLine(log: Logger, step: number, line: number): void {
  log.error({ step: base + step, line: base + line }, text)
}

/** The same to winston, with its timestamp and JSON; its default metadata is `{ rank }`. */
export function writeWinstonLine(log: Winston, step: number, line: number): void {
  log.info(message, { step: base + step, line: base + line })
}

/** What a line on disk says; undefined where it is not a whole one. */
export function readLine(line: string): LineOf | undefined {
  try {
    const { rank, step, line: number, msg, message: said } = JSON.parse(line)
    if (msg !== text && said !== message) return undefined
    return { rank, step: step - base, line: number - base }
  } catch {
    return undefined
  }
}

/** Is this the beginning of a line of pino's, by its form? Of a rank with one digit. */
export function beginsLine(piece: string): boolean {
  return piece.length <= example.length && form(piece) === form(example.slice(0, piece.length))
}

function form(line: string): string {
  return line.replace(/\d/g, '0')
}

function fill(empty: object): string {
  return 'x'.repeat(lineBytes - JSON.stringify(empty).length - 1)
}
