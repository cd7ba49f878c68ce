import { readSync, writeSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { openWriter } from './writers.ts'

/** The job of a rank that logs as fast as it can. */
export interface WriterJob {
  /** A name of `writers.ts`. */
  writer: string
  path: string
  rank: number
  lines: number
}

/** The figures that the rank itself reports when it exits. The others are measured by its parent. */
export interface WriterNote {
  /** Time of its first log call, in s of the machine's monotonic clock. */
  start: number
  /** User and system time before the first log call, in s. */
  cpuBefore: number
  /** Largest resident set, in MB. */
  rss: number
}

/** Lines between two turns of the event loop, which turns from time to time in any program. */
const linesPerTurn = 100

/** `step` and `line` have six digits each. */
const linesPerStep = 1000

const report = 3
const { writer, path, rank, lines }: WriterJob = JSON.parse(process.argv[2] as string)

const write = await openWriter(writer, path, rank)
writeSync(report, 'ready\n')
readSync(0, Buffer.alloc(1)) // all ranks are ready

const start = Number(process.hrtime.bigint()) / 1e9
const { user, system } = process.cpuUsage()
for (let at = 0; at < lines; at += linesPerTurn) {
  const end = Math.min(lines, at + linesPerTurn)
  for (let line = at; line < end; line++) write(Math.floor(line / linesPerStep), line % linesPerStep)
  await turn()
}

// this listener runs after that of the logger, which writes the buffered lines
process.on('exit', () => {
  const rss = (process.resourceUsage().maxRSS * 1024) / 1e6
  writeSync(report, `${JSON.stringify({ start, cpuBefore: (user + system) / 1e6, rss } satisfies WriterNote)}\n`)
})
