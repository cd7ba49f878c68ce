import type { Logger } from 'pino'

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
const empty = { level: 30, time: 1_700_000_000_000, rank: 0, step: base, line: base, msg: '' }
const text = 'x'.repeat(lineBytes - JSON.stringify(empty).length - 1)

/** Logs one line, as a training step would; the logger's base is `{ rank }`. */
export function writeLine(log: Logger, step: number, line: number): void {
  log.info({ step: base + step, line: base + line }, text)
}

/** What a line on disk says; undefined where it is not a whole one. */
export function readLine(line: string): LineOf | undefined {
  try {
    const { rank, step, line: number, msg } = JSON.parse(line)
    return msg === text ? { rank, step: step - base, line: number - base } : undefined
  } catch {
    return undefined
  }
}
