import { existsSync, writeSync } from 'node:fs'
import pino from 'pino'
import { fileStream } from 'pino-rank-file'
import { writeLine, writeUrgentLine } from './fixed-line.ts'

/** The job of a writer of the soak. */
export interface SoakJob {
  path: string
  rank: number
  /** Number of earlier starts of this writer. */
  attempt: number
  /** The writer ends when this file exists. */
  end: string
}

/** The report of a writer before it logs the lines of a tick. */
export interface Tick {
  /** Milliseconds since its start. */
  at: number
  /** Number of lines that are logged after this tick. */
  logged: number
  /** True if the last line is an error. All lines up to it must then be in the file when the next tick begins. */
  urgent: boolean
  /** The stream's counts before this tick: lines in the file, dropped lines, and failed attempts. */
  written: number
  drops: number
  errors: number
  /** True if the stream writes on a writer thread. */
  hasThread: boolean
}

const everyMs = 10
const linesPerTick = 4
const ticksPerError = 50

const report = 3
let threads = 0
process.on('worker', (worker) => {
  threads++
  worker.once('exit', () => threads--)
})
const { path, rank, attempt, end }: SoakJob = JSON.parse(process.argv[2] as string)
const stream = fileStream({ path })
const log = pino({ base: { rank } }, stream)

let logged = 0
let ticks = 0
const timer = setInterval(() => {
  ticks++
  const urgent = ticks % ticksPerError === 0
  const { lines: written, drops, errors } = stream.stats()
  const at = performance.now()
  const hasThread = threads > 0
  const tick: Tick = { at, logged: logged + linesPerTick, urgent, written, drops, errors, hasThread }
  writeSync(report, `${JSON.stringify(tick)}\n`)
  for (const last = logged + linesPerTick; logged < last; logged++) {
    const write = urgent && logged === last - 1 ? writeUrgentLine : writeLine
    write(log, attempt, logged)
  }
  if (ticks % 10 === 0 && existsSync(end)) clearInterval(timer)
}, everyMs)

// this listener runs after that of the stream, which writes the buffered lines
process.on('exit', () => {
  const { lines: written, drops, errors } = stream.stats()
  const tick: Tick = { at: performance.now(), logged, urgent: true, written, drops, errors, hasThread: threads > 0 }
  writeSync(report, `${JSON.stringify(tick)}\n`)
})
