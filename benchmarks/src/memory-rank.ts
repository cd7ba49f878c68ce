import { createHistogram } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import pino from 'pino'
import { fileStream } from 'pino-rank-file'
import { processStatus } from '../../packages/ranklog-bench/dist/ranks/process-status.js'
import { lineBytes, writeLine } from './fixed-line.ts'

/** The job of a program that logs to a slow disk. */
export interface MemoryJob {
  /** The stream's option. Undefined for a stream that writes nothing. */
  overflow?: 'block' | 'drop'
  path: string
  seconds: number
  /** Rate of the log, in bytes per second. Lines that are not logged because a call waited are skipped. */
  bytesPerSecond: number
}

/** The figures of the program. */
export interface MemoryNote {
  logged: number
  drops: number
  /** Durations of the log calls, in ms. */
  p99: number
  slowest: number
  /** Largest resident set, in MB. */
  rss: number
}

/** Maximum delay that the program makes up for, in s. After a longer one it skips lines. */
const maxArrears = 0.05

const linesPerStep = 1000

const { overflow, path, seconds, bytesPerSecond }: MemoryJob = JSON.parse(process.argv[2] as string)
const stream = overflow ? fileStream({ path, overflow }) : { write() {}, stats: () => ({ drops: 0 }) }
const log = pino({ base: { rank: 0 } }, stream)
const calls = createHistogram()
const perSecond = bytesPerSecond / lineBytes

let logged = 0
let due = 1
const began = performance.now()
for (let now = began; now - began < seconds * 1000; ) {
  for (; due >= 1; due--, logged++) {
    const start = process.hrtime.bigint()
    writeLine(log, Math.floor(logged / linesPerStep), logged % linesPerStep)
    calls.record(process.hrtime.bigint() - start + 1n)
  }
  await pause(1)
  const last = now
  now = performance.now()
  due += Math.min((now - last) / 1000, maxArrears) * perSecond
}

// this listener runs after that of the stream, which writes the buffered lines
process.on('exit', () => {
  const times = { p99: calls.percentile(99) / 1e6, slowest: calls.max / 1e6 }
  process.send?.({ logged, drops: stream.stats().drops, ...times, rss: processStatus().peakRss } satisfies MemoryNote)
})
