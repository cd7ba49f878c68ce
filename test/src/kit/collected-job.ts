/** Jobs whose lines a collector merges, in the parent of the ranks or in one of them. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { CollectedRank } from '../programs/collected-rank.ts'
import type { CollectingParent } from '../programs/collecting-parent.ts'
import { type SharedPipe, sharedPipe } from './shared-pipe.ts'
import { startProgram, type TestProcess } from './start-process.ts'
import { until } from './until.ts'

/** Creates a folder with a short path: the address of a Unix socket is limited to 107 bytes. */
export function socketFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'rs-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

/** The part of the collector's statistics that tests check. */
export interface Stats {
  lines: number
  late: number
  unfinished: number
  connected: number
}

const program = new URL('../programs/collecting-parent.js', import.meta.url)

export interface StartedJob {
  job: Job
  /** The process of each rank. */
  pids: number[]
  reader: TestProcess
  written: Promise<void>
}

/** A parent and its ranks, which write to a file through one real pipe. */
export class Job {
  readonly path: string
  readonly sockets: string
  readonly parent: TestProcess
  readonly reader: TestProcess
  /** Resolves when all writers have closed the pipe. */
  readonly written: Promise<void>

  private constructor(t: Test, path: string, pipe: SharedPipe, given: CollectingParent) {
    this.path = path
    this.sockets = socketFolder(t)
    const env = { RANKLOG_SOCKET_DIR: this.sockets }
    this.parent = startProgram(t, program, [JSON.stringify(given)], { env, stdout: pipe.fd })
    this.reader = pipe.reader
    this.written = pipe.close() // the pipe ends with its last writer
  }

  static async start(t: Test, rank: CollectedRank, given: Omit<CollectingParent, 'rank'>): Promise<StartedJob> {
    const dir = t.testdir()
    const path = join(dir, 'out')
    const job = new Job(t, path, await sharedPipe(t, dir, path), { ...given, rank: JSON.stringify(rank) })
    const { pids } = await job.parent.nextMessage<{ pids: number[] }>()
    const { reader, written } = job
    return { job, pids, reader, written }
  }

  /** Resolves when the ranks have ended, with the collector's statistics. */
  async stats(): Promise<Stats | undefined> {
    return (await this.parent.nextMessage<{ stats?: Stats }>()).stats
  }

  /** Resolves when the file has at least this size. */
  async grown(bytes: number): Promise<void> {
    await until(() => statSync(this.path).size >= bytes)
  }

  /** Resolves when the file's text matches. */
  async until(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(readFileSync(this.path, 'utf8')))
  }
}

/** A record of a rank in the merged output. */
export interface Found {
  rank: number
  pid: number
  seq?: number
  time: number
  fill?: string
  repeated?: boolean | number
}

/** Returns the records of a file. Checks that no line is torn. */
export function records(t: Test, path: string): Found[] {
  const torn: string[] = []
  const found = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line)]
      } catch {
        torn.push(line.slice(0, 200))
        return []
      }
    })
  t.strictSame(torn, [], 'no line is torn')
  return found
}

/**
 * Checks that no record of a rank is lost, that its records are in order, and that a record that may be there twice is
 * marked `repeated`.
 */
export function complete(t: Test, found: readonly Found[], counts: readonly number[]): void {
  for (const [rank, count] of counts.entries()) {
    const own = found.filter((record) => record.rank === rank && record.seq !== undefined)
    const once = new Set(own.filter(({ repeated }) => !repeated).map(({ seq }) => seq))
    t.equal(own.filter(({ repeated }) => !repeated).length, once.size, `rank ${rank}: none is twice without a mark`)
    const seqs = [...new Set(own.map(({ seq }) => seq))]
    t.equal(seqs.length, count, `rank ${rank}: none is lost`)
    t.equal(
      seqs.findIndex((seq, at) => seq !== at),
      -1,
      `rank ${rank}: its records are in order`,
    )
    const counted = found.filter((record) => record.rank === rank && typeof record.repeated === 'number')
    const marked = own.filter(({ repeated }) => repeated === true).length
    t.equal(
      counted.reduce((sum, { repeated }) => sum + Number(repeated), 0),
      marked,
      `rank ${rank}: a record counts the marked ones`,
    )
  }
}

/** Reports whether no record has an earlier time than the one before it. */
export const ordered = (found: readonly Found[]): boolean =>
  found.every(({ time }, at) => time >= (found[at - 1]?.time ?? 0))
