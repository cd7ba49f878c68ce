import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { logFilesIn } from '../../packages/ranklog-bench/dist/ranks/log-files.js'
import type { OnDisk } from '../../packages/ranklog-bench/dist/ranks/read-back.js'
import { lineBytes } from './fixed-line.ts'
import { readFixedLines } from './read-fixed-lines.ts'
import { rankEnvironment } from './start-process.ts'
import type { WriterJob, WriterNote } from './writer-rank.ts'

/** Ranks that log to one file, as fast as they can. */
export interface WritersJob extends Pick<WriterJob, 'writer' | 'lines'> {
  worldSize: number
}

/** The figures of all ranks together. */
export interface WritersSample extends OnDisk {
  /** Time from the first log call of any rank until the last process has exited, in s. */
  wall: number
  /** User and system time of all threads from the first log call to the exit, in s. */
  cpu: number
  /** Largest resident set of one rank, in MB. */
  rss: number
  perSecond: number
  /** Number of lines that are not on the disk. */
  lost: number
  /** Number of pieces that are not a line, of lost lines and of doubled lines, plus 1 if the lines have another length. */
  bad: number
}

/**
 * Runs a command under bash's `time`, which reports the CPU time of all threads until the exit, by wait4(2). Node cannot call wait4(2),
 * and a process that measures itself misses the work of its threads after that.
 */
const timed = `TIMEFORMAT='%3U %3S'; time "$@" 2>&4 4>&-`

const program = fileURLToPath(new URL('./writer-rank.js', import.meta.url))

/** Runs the ranks, which begin to log when all of them are ready. Their file is read back and removed. */
export async function runWriters({ writer, lines, worldSize }: WritersJob, dir: string): Promise<WritersSample> {
  const folder = mkdtempSync(join(dir, 'writers-'))
  const path = join(folder, 'job.log')
  const ranks = Array.from(
    { length: worldSize },
    (_, rank) => new WriterProcess({ writer, path, rank, lines }, worldSize),
  )
  await Promise.all(ranks.map((rank) => rank.ready()))
  for (const rank of ranks) rank.go()
  const ends = await Promise.all(ranks.map((rank) => rank.end()))
  const onDisk = readFixedLines(logFilesIn(folder))
  rmSync(folder, { recursive: true })

  const expected = writer === nowhere ? 0 : worldSize * lines
  const wall = Math.max(...ends.map(({ exit }) => exit)) - Math.min(...ends.map(({ start }) => start))
  const lost = expected - onDisk.found
  const odd = onDisk.torn + onDisk.twice + lost === 0 && onDisk.bytes !== expected * lineBytes ? 1 : 0
  return {
    ...onDisk,
    wall,
    cpu: ends.reduce((sum, { cpu }) => sum + cpu, 0),
    rss: Math.max(...ends.map(({ rss }) => rss)),
    perSecond: (worldSize * lines) / wall,
    lost,
    bad: onDisk.torn + onDisk.twice + lost + odd,
  }
}

/** The writer that writes nothing. */
export const nowhere = 'no-op stream'

class WriterProcess {
  readonly #child: ChildProcess
  readonly #notes: AsyncIterableIterator<string>
  readonly #exited: Promise<number>
  readonly #time: Promise<string>

  constructor(job: WriterJob, worldSize: number) {
    const command = [process.execPath, program, JSON.stringify(job)]
    this.#child = spawn('bash', ['--norc', '-c', timed, 'bash', ...command], {
      env: rankEnvironment({ rank: job.rank, worldSize }),
      stdio: ['pipe', 'ignore', 'pipe', 'pipe', 2],
    })
    this.#exited = once(this.#child, 'exit').then(([code]) => {
      const exit = seconds()
      if (code !== 0) throw new Error(`${job.writer}: exit ${code}`)
      return exit
    })
    this.#exited.catch(() => {}) // end() rejects with the error
    this.#time = text(this.#child.stderr as Readable)
    this.#notes = createInterface(this.#child.stdio[3] as Readable)[Symbol.asyncIterator]()
  }

  async ready(): Promise<void> {
    await this.#note()
  }

  go(): void {
    ;(this.#child.stdin as Writable).end('\n')
  }

  async end(): Promise<WriterNote & { exit: number; cpu: number }> {
    const exit = await this.#exited
    const note: WriterNote = JSON.parse(await this.#note())
    const [user, system] = (await this.#time).trim().split(' ').map(Number) as [number, number]
    return { ...note, exit, cpu: user + system - note.cpuBefore }
  }

  async #note(): Promise<string> {
    const { value, done } = await this.#notes.next()
    if (done) throw new Error(`${this.#child.spawnargs.at(-1)} ended without a message`)
    return value
  }
}

/** Returns the time of the monotonic clock, which is the same for all processes of a machine, in s. */
function seconds(): number {
  return Number(process.hrtime.bigint()) / 1e9
}
