import type { Logger } from 'pino'
import type { Logger as Winston } from 'winston'
import { type LineOf, Lines, lineOf, numberBase } from '../../packages/ranklog-bench/dist/ranks/line.js'

/** Number of bytes of a line with its newline, for a rank with one digit. Each further digit adds one byte. */
export const lineBytes = 150

const lines = new Lines(0, lineBytes)
const { msg } = lines
const example = lines.text(0, 0).trimEnd()

/** winston's message. It is shorter than pino's, because winston's timestamp is longer than a time in ms. */
const winstonMessage = lines.message.slice(new Date().toISOString().length - `${Date.now()}`.length)

/** Logs one line, as a training step would; the logger's base is `{ rank }`. */
export function writeLine(log: Logger, step: number, line: number): void {
  log.info(lines.fields(step, line), msg)
}

/** Logs one metric, as a training step would. */
export function writeMetric(log: Logger, step: number, line: number): void {
  log.info({ metrics: { 'loss/train': 1 / (line + 1) }, step: numberBase + step })
}

/** Logs the same line as an error, which a line writer writes at once. */
export function writeUrgentLine(log: Logger, step: number, line: number): void {
  log.error(lines.fields(step, line), msg)
}

/** Logs the same line with winston, which must have its timestamp, JSON, and the default metadata `{ rank }`. */
export function writeWinstonLine(log: Winston, step: number, line: number): void {
  log.info(winstonMessage, lines.fields(step, line))
}

/**
 * Returns the numbers of a line that was read back. Returns undefined if it is not a whole line. Only the message is checked, and not
 * the length and form as in ranklog-bench, because a line may be an error, or have its fields in another order.
 */
export function parseLine(text: string): LineOf | undefined {
  try {
    const record = JSON.parse(text)
    if (record.msg !== msg && record.message !== winstonMessage) return undefined
    return lineOf(record.rank, record.step, record.line)
  } catch {
    return undefined
  }
}

/** Reports whether a text has the form of the beginning of a pino line, for a rank with one digit. */
export function beginsLine(piece: string): boolean {
  return piece.length <= example.length && form(piece) === form(example.slice(0, piece.length))
}

function form(line: string): string {
  return line.replace(/\d/g, '0')
}
