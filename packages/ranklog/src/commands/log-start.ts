import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type LineTime, recordIn } from 'pino-rank-merge/core'
import { headOf } from '../files/index.ts'
import { processOf, type StepRecord } from './step-log.ts'

/** Bytes that are read to find one record. */
const pieceBytes = 2 ** 14

interface TimedRecord {
  time: number
  process: string | undefined
}

/**
 * Returns the time of the first record of the process that wrote the end of a log, in ms since 1970; undefined if no record
 * has a time. If the log begins with records of an earlier run, it finds the first record of the process by binary search.
 *
 * @param files the files of the log, oldest first
 * @param process the process, as `processOf` returns it. Undefined if the records do not identify their process; then the
 * first record of the log counts
 */
export function logStart(files: readonly string[], time: LineTime, process: string | undefined): number | undefined {
  let start: number | undefined
  for (const file of files.toReversed()) {
    const [first] = recordsIn(headText(file), time)
    if (!first) break
    if (process === undefined || first.process === process) start = first.time
    else return searchStart(file, time, process) ?? start ?? first.time
  }
  return start
}

/** Returns the time of the first record of the process that wrote the end of a file; undefined if it is not found. */
function searchStart(file: string, time: LineTime, process: string): number | undefined {
  const fd = openSync(file, 'r')
  try {
    let [other, own] = [0, fstatSync(fd).size]
    let start: number | undefined
    while (own - other > pieceBytes) {
      const middle = Math.floor((other + own) / 2)
      const [found] = recordsIn(textAt(fd, middle).replace(/^[^\n]*\n/, ''), time)
      if (found && found.process !== process) other = middle
      else {
        own = middle
        start = found?.time ?? start
      }
    }
    for (const record of recordsIn(textAt(fd, other), time)) if (record.process === process) return record.time
    return start
  } finally {
    closeSync(fd)
  }
}

function headText(file: string): string {
  try {
    return headOf(file, pieceBytes).toString()
  } catch {
    return ''
  }
}

function textAt(fd: number, at: number): string {
  const bytes = Buffer.allocUnsafe(2 * pieceBytes)
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, at))
}

function* recordsIn(text: string, time: LineTime): Generator<TimedRecord> {
  for (const line of text.split('\n')) {
    const record = recordIn(line)
    const found = record && time.of(record)
    if (record && found !== undefined) yield { time: found, process: processOf(record as StepRecord) }
  }
}
