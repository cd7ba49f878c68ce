import type { Logger } from 'pino'
import type { Logger as Winston } from 'winston'
import { type LineOf, Lines, lineOf, numberBase } from '../../packages/ranklog-bench/dist/ranks/line.js'

/** Bytes of each line, its newline included; one more for each digit of the rank after the first. */
export const lineBytes = 150

const lines = new Lines(0, lineBytes)
const { msg } = lines
const example = lines.text(0, 0).trimEnd()

/** Here winston has its default timestamp, which is longer than a time in ms. */
const winstonMessage = lines.message.slice(new Date().toISOString().length - `${Date.now()}`.length)

/** Logs one line, as a training step would; the logger's base is `{ rank }`. */
export function writeLine(log: Logger, step: number, line: number): void {
  log.info(lines.fields(step, line), msg)
}

/** Logs one metric, as a training step would. */
export function writeMetric(log: Logger, step: number, line: number): void {
  log.info({ metrics: { 'loss/train': 1 / (line + 1) }, step: numberBase + step })
}

/** The same as an error, which a line writer does not hold back. */
export function writeUrgentLine(log: Logger, step: number, line: number): void {
  log.error(lines.fields(step, line), msg)
}

/** The same to winston, with its timestamp and JSON; its default metadata is `{ rank }`. */
export function writeWinstonLine(log: Winston, step: number, line: number): void {
  log.info(winstonMessage, lines.fields(step, line))
}

/**
 * Returns what a line on disk says; undefined where it is not a whole one. It is judged by its message, not by its length and form as in
 * ranklog-bench, because it may be an error, or have its fields in another order.
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

/** Is this the beginning of a line of pino's, by its form? Of a rank with one digit. */
export function beginsLine(piece: string): boolean {
  return piece.length <= example.length && form(piece) === form(example.slice(0, piece.length))
}

function form(line: string): string {
  return line.replace(/\d/g, '0')
}
