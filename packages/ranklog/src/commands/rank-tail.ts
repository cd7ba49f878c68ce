import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { levelOf, pinoLevels, timeOf } from 'pino-rank/record'
import type { LogSource } from '../files/index.ts'

/** What the end of a rank's log shows. */
export interface RankTail {
  label: string
  host: string | undefined
  /** Of the last record, and of the last with a step, in ms since 1970. */
  time: number | undefined
  step: number | undefined
  stepTime: number | undefined
  /** Time of the first record of each step of the tail. */
  steps: Map<number, number>
  /** Records at level error and above in the tail. */
  errors: number
  /** Lines that are no whole record, in the tail. */
  torn: number
  /** From the manifests: dropped lines, attempts, and how the last attempt ended. */
  drops: number | undefined
  attempt: number | undefined
  exit: number | string | undefined
  bytes: number
}

/** Bytes of each log that are read. */
export const tailBytes: number = 2 ** 16

/** Reads the end of a rank's newest file. @throws what the system says */
export function rankTail(source: LogSource): RankTail {
  const { label, host, files, manifests } = source
  const last = manifests.at(-1)
  const found: RankTail = {
    label,
    host: host ?? last?.host,
    time: undefined,
    step: undefined,
    stepTime: undefined,
    steps: new Map(),
    errors: 0,
    torn: 0,
    drops: last && manifests.reduce((sum, { drops }) => sum + drops, 0),
    attempt: last?.attempt,
    exit: last?.exit,
    bytes: 0,
  }
  const { text, size, isWhole } = endOf(files.at(-1) as string)
  found.bytes = size
  const lines = text.split('\n')
  const rest = lines.pop() as string
  if (!isWhole) lines.shift()
  for (const line of lines) if (!take(found, line)) found.torn++
  const isEnded = last !== undefined && last.exit !== 'unknown'
  if (!take(found, rest) && isEnded) found.torn++ // a running rank may still be writing it
  return found
}

const errorLevel = pinoLevels.error as number

/** Evaluates a line. @returns whether it is a whole record, or text */
function take(found: RankTail, line: string): boolean {
  if (!line.startsWith('{')) return true
  let record: { time?: unknown; level?: unknown; step?: unknown }
  try {
    record = JSON.parse(line)
  } catch {
    return false
  }
  if ((levelOf(record.level) ?? 0) >= errorLevel) found.errors++
  const time = timeOf(record.time)
  if (time === undefined) return true
  found.time = time
  if (typeof record.step !== 'number') return true
  if (record.step !== found.step && !found.steps.has(record.step)) found.steps.set(record.step, time)
  if (found.step === undefined || record.step >= found.step) {
    found.step = record.step
    found.stepTime = time
  }
  return true
}

function endOf(path: string): { text: string; size: number; isWhole: boolean } {
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.allocUnsafe(Math.min(size, tailBytes))
    const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return { text: bytes.toString('utf8', 0, read), size, isWhole: size <= tailBytes }
  } finally {
    closeSync(fd)
  }
}
