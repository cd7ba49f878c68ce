import { readSync, writeSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { openWriter } from './writers.ts'

/** What a rank writes. */
export interface WriterJob {
  /** A name of `writers.ts`. */
  writer: string
  path: string
  rank: number
  lines: number
}

/** What the rank itself knows when it exits; all else is seen from outside. */
export interface WriterNote {
  /** When it logged its first line, in s on the machine's monotonic clock. */
  start: number
  /** User and system time before that, in s. */
  cpuBefore: number
  /** Largest resident set, in MB. */
  rss: number
}

/** A program's event loop turns now and then; so does this one's. */
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

// listeners run in their order: the loggers' own, which write what is left, come before this one
process.on('exit', () => {
  const rss = (process.resourceUsage().maxRSS * 1024) / 1e6
  writeSync(report, `${JSON.stringify({ start, cpuBefore: (user + system) / 1e6, rss } satisfies WriterNote)}\n`)
})
