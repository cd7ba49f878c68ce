import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { rankLogger } from 'pino-rank'
import { newSocketPath, startCollector } from 'pino-rank-stdout/collector'
import t, { type Test } from 'tap'
import { maxSilenceMs } from '../../packages/pino-rank-stdout/dist/collector/protocol.js'
import { startRank } from './kit/ranks.ts'
import { type SharedPipe, sharedPipe } from './kit/shared-pipe.ts'
import { node, runProcess, startProgram, type TestProcess } from './kit/start-process.ts'
import type { CollectedRank } from './programs/collected-rank.ts'
import type { CollectingParent } from './programs/collecting-parent.ts'

/** A short path: a socket's address holds no more than a hundred bytes. */
function socketFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'rs-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

interface Stats {
  lines: number
  late: number
  unfinished: number
  connected: number
}

const program = new URL('./programs/collecting-parent.js', import.meta.url)

/** A parent and its ranks on one real pipe into a file. */
class Job {
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

  static async start(t: Test, rank: CollectedRank, given: Omit<CollectingParent, 'rank'>) {
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

  /** Resolves when the file has this size. */
  async grown(bytes: number): Promise<void> {
    while (statSync(this.path).size < bytes) await new Promise(setImmediate)
  }

  /** Resolves when the file's text matches. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(readFileSync(this.path, 'utf8'))) await new Promise(setImmediate)
  }
}

interface Found {
  rank: number
  pid: number
  seq?: number
  time: number
  fill?: string
  repeated?: boolean | number
}

/** Every line parses: none is torn. */
function records(t: Test, path: string): Found[] {
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

/** Each record of each rank is there; twice only where it says so. */
function complete(t: Test, found: readonly Found[], counts: readonly number[]): void {
  for (const [rank, count] of counts.entries()) {
    const own = found.filter((record) => record.rank === rank && record.seq !== undefined)
    const once = new Set(own.filter(({ repeated }) => !repeated).map(({ seq }) => seq))
    t.equal(own.filter(({ repeated }) => !repeated).length, once.size, `rank ${rank}: none is twice unsaid`)
    t.equal(new Set(own.map(({ seq }) => seq)).size, count, `rank ${rank}: none is lost`)
    const counted = found.filter((record) => record.rank === rank && typeof record.repeated === 'number')
    const marked = own.filter(({ repeated }) => repeated === true).length
    t.equal(
      counted.reduce((sum, { repeated }) => sum + Number(repeated), 0),
      marked,
      `rank ${rank}: what may be twice is counted`,
    )
  }
}

const ordered = (found: readonly Found[]) => found.every(({ time }, at) => time >= (found[at - 1]?.time ?? 0))

for (const [who, way, cluster] of [
  ['a parent', 'stream', false],
  ['a parent', 'target', false],
  ['a primary of node:cluster', 'target', true],
] as const) {
  t.test(`${who} collects its ranks, as a ${way}: whole, complete, each in its order`, async (t) => {
    const { job, written } = await Job.start(
      t,
      { way, count: 5000, options: { merge: 'always' } },
      { ranks: 4, collector: { ranks: 4 }, cluster },
    )
    const stats = await job.stats()
    await written
    const found = records(t, job.path)
    complete(t, found, [5000, 5000, 5000, 5000])
    t.match(stats, { lines: 20_000, unfinished: 0, connected: 0 }, 'all came through the collector')
    for (const rank of [0, 1, 2, 3]) {
      const own = found.filter((record) => record.rank === rank)
      t.ok(
        own.every(({ seq }, at) => seq === at),
        `rank ${rank} in its order`,
      )
    }
    if (way === 'stream') t.equal(ordered(found), stats?.late === 0, 'in order, but for what came late')
    t.strictSame(readdirSync(join(job.sockets, `ranklog-${process.getuid?.()}`)), [], 'the socket is gone')
    t.equal((await job.parent.exit).stderr, '')
  })
}

t.test('several loggers of a rank, and a child process that inherits its rank, are served at once', async (t) => {
  const { job, pids, written } = await Job.start(
    t,
    { way: 'stream', count: 400, loggers: 2, hasChild: true, stays: [0, 1], options: { merge: 'always' } },
    { ranks: 2, collector: { ranks: 2, reorderWindowMs: 100 } },
  )
  const last = (rank: number, seq: number) => new RegExp(`"pid":(\\d+),.*"rank":${rank},"seq":${seq},`, 'g')
  const isOut = (rank: number, seq: number) => {
    const pids = [...readFileSync(job.path, 'utf8').matchAll(last(rank, seq))].map(([, pid]) => pid)
    return new Set(pids).size === 2 // the rank itself and its child
  }
  // All of them stay connected: each logger's last record is written while the others are running.
  while (![0, 1].every((rank) => isOut(rank, 398) && isOut(rank, 399))) await new Promise(setImmediate)
  for (const pid of pids) process.kill(pid)
  t.match(await job.stats(), { lines: 1600, unfinished: 0 }, 'all came through the collector')
  await written
  const found = records(t, job.path)
  t.equal(found.length, 1600)
  for (const pid of new Set(found.map(({ pid }) => pid))) {
    for (const logger of [0, 1]) {
      const own = found.filter((record) => record.pid === pid && (record.seq as number) % 2 === logger)
      t.ok(
        own.every(({ seq }, at) => seq === 2 * at + logger),
        `logger ${logger} of process ${pid} in its order`,
      )
    }
  }
})

for (const [first, pauseMs, apartMs, merge] of [
  [10, 1, 100, 'auto'],
  [2500, 50, 500, 'auto'], // little until the collector has answered, and then much before the last rank is there
  [4000, 1, 100, 'always'],
] as const) {
  t.test(`the first ${first} lines wait for who comes last, whose are older: merge ${merge}`, async (t) => {
    const { job, written } = await Job.start(
      t,
      { way: 'stream', count: [first, 10, 10, 10], pauseMs, apartMs, options: { merge } },
      { ranks: 4, collector: { ranks: 4, startWindowMs: 600_000 } },
    )
    const stats = await job.stats()
    await written
    const found = records(t, job.path)
    t.match(stats, { lines: first + 30, late: 0 })
    const times = found.map(({ time }) => time as number)
    t.strictSame(
      times,
      times.toSorted((a, b) => a - b),
      'the oldest first, whoever starts late',
    )
  })
}

t.test('but not for ever: who sends much, or ends, has its lines written', async (t) => {
  for (const [count, merge] of [
    [10, 'auto'],
    [30_000, 'always'],
  ] as const) {
    const { job, written } = await Job.start(
      t,
      { way: 'stream', count, options: { merge } },
      { ranks: 3, collector: { ranks: 4, startWindowMs: 600_000 } },
    )
    const stats = await job.stats()
    await written
    t.equal(stats?.lines, 3 * count)
    complete(t, records(t, job.path), [count, count, count])
  }
})

t.test('the collector is killed: the ranks continue, and nothing is lost', async (t) => {
  const { job, written } = await Job.start(t, { way: 'stream', count: 20_000 }, { ranks: 4, collector: {} })
  await job.grown(500_000)
  job.parent.kill()
  await written
  const found = records(t, job.path)
  complete(t, found, [20_000, 20_000, 20_000, 20_000])
  t.equal(existsSync(join(job.sockets, `ranklog-${process.getuid?.()}`)), true, 'and leaves its socket behind')
})

t.test('the collector is stopped: the ranks take their lines back, and do not wait', async (t) => {
  const { job, written } = await Job.start(t, { way: 'stream', count: 20_000 }, { ranks: 3, collector: {} })
  await job.grown(300_000)
  job.parent.kill('SIGSTOP')
  let isOver = false
  void written.then(() => {
    isOver = true
  })
  // all of them write on: more than what was under way
  const { size } = statSync(job.path)
  await job.grown(size + 2_000_000)
  t.notOk(isOver)
  job.parent.kill('SIGCONT')
  await job.stats()
  await written
  complete(t, records(t, job.path), [20_000, 20_000, 20_000])
})

t.test('the reader of a parent’s stdout is slow: the ranks wait, and take nothing back', async (t) => {
  const rank: CollectedRank = { way: 'stream', count: 20_000, options: { merge: 'always' } }
  const { job, reader, written } = await Job.start(t, rank, { ranks: 3, collector: {} })
  await job.grown(300_000)
  reader.kill('SIGSTOP')
  await pause(2.5 * maxSilenceMs)
  reader.kill('SIGCONT')
  t.match(await job.stats(), { lines: 60_000, unfinished: 0 })
  await written
  const found = records(t, job.path)
  complete(t, found, [20_000, 20_000, 20_000])
  t.notOk(found.some(({ repeated }) => repeated))
})

t.test('the reader of a parent’s stdout leaves: all continue to their end, and report nothing', async (t) => {
  const { job, reader } = await Job.start(t, { way: 'stream', count: 20_000 }, { ranks: 3, collector: {} })
  await job.grown(300_000)
  reader.kill('SIGKILL')
  t.match(await job.stats(), { connected: 0 })
  t.match(await job.parent.exit, { code: 0, stderr: '' })
})

t.test('a rank is killed: no line is torn, and the others lose none', async (t) => {
  const { job, pids, written } = await Job.start(
    t,
    { way: 'stream', count: [10_000, 1_000_000, 10_000], pauseMs: 0 },
    { ranks: 3, collector: {} },
  )
  await job.until(/"rank":1,.*"seq":2000,/)
  process.kill(pids[1] as number, 'SIGKILL')
  await job.stats()
  await written
  const found = records(t, job.path)
  complete(
    t,
    found.filter(({ rank }) => rank !== 1).map((record) => ({ ...record, rank: record.rank / 2 })),
    [10_000, 10_000],
  )
  const own = found.filter(({ rank }) => rank === 1)
  t.ok(own.length > 0)
  t.strictSame(
    own.filter(({ seq }, at) => seq !== at).slice(0, 3),
    [],
    'what it had sent is there, to the last whole line',
  )
})

const noParent = { ranks: 3, env: { RANKLOG_RUN_ID: 'own' } }

t.test('the first rank collects on request, and waits for the others', async (t) => {
  const { job, written } = await Job.start(
    t,
    {
      way: 'stream',
      count: [6000, 18_000, 18_000],
      pauseMs: 20,
      first: { merge: 'always', collector: { lingerMs: 60_000, label: '[{rank}] ' } },
    },
    noParent,
  )
  await job.stats()
  await written
  const lines = readFileSync(job.path, 'utf8').split('\n').slice(0, -1)
  const labelled = lines.filter((line) => /^\[[012]\] \{.*\}$/.test(line))
  t.ok(labelled.length > 15_000, `${labelled.length} of ${lines.length} went through it`)
  writeFileSync(job.path, lines.map((line) => `${line.replace(/^\[\d\] /, '')}\n`).join(''))
  complete(t, records(t, job.path), [6000, 18_000, 18_000])
})

t.test('ranks that end together, one of which collects: each line once', async (t) => {
  const { job, written } = await Job.start(
    t,
    { way: 'stream', count: 2000, pauseMs: 10, options: { merge: 'always' }, first: { collector: true } },
    { ...noParent, ranks: 4 },
  )
  await job.stats()
  await written
  const found = records(t, job.path)
  complete(t, found, [2000, 2000, 2000, 2000])
  t.equal(found.length, 8000, 'and none is said to be twice')
})

t.test('a collecting rank that ends while its reader is stopped writes the rest itself', async (t) => {
  const count = 1400 // more than a pipe holds, less than a rank may have unacknowledged
  const { job, reader, written } = await Job.start(
    t,
    { way: 'stream', count, pauseMs: 10, first: { merge: 'always', collector: true } },
    { ...noParent, ranks: 1 },
  )
  reader.kill('SIGSTOP')
  await pause(4000) // longer than a rank waits for its collector at exit
  reader.kill('SIGCONT')
  await job.stats()
  await written
  complete(t, records(t, job.path), [count])
})

t.test('the first rank leaves early, or is killed: the others continue by themselves', async (t) => {
  for (const signal of [undefined, 'SIGKILL', 'SIGSTOP'] as const) {
    const { job, pids, written } = await Job.start(
      t,
      {
        way: 'stream',
        count: [2000, 10_000, 10_000],
        pauseMs: 10,
        first: { collector: true },
        stays: signal ? [0] : [],
      },
      noParent,
    )
    if (signal) {
      await job.grown(400_000)
      process.kill(pids[0] as number, signal)
      if (signal === 'SIGSTOP') {
        await job.grown(1_000_000)
        process.kill(pids[0] as number, 'SIGKILL')
      }
    }
    await job.stats()
    await written
    const found = records(t, job.path)
    if (!signal) complete(t, found, [2000, 10_000, 10_000])
    else
      complete(
        t,
        found.map((record) => ({ ...record, rank: record.rank - 1 })),
        [10_000, 10_000],
      )
  }
})

t.test('merge: by what fd 1 is, or by option', async (t) => {
  for (const merge of ['auto', 'always', 'never'] as const) {
    const { job, written } = await Job.start(
      t,
      { way: 'stream', count: 100, options: { merge }, stays: [] },
      { ranks: 2, collector: {} },
    )
    const stats = await job.stats()
    await written
    t.equal(stats?.lines, merge === 'never' ? 0 : 200, merge)
    complete(t, records(t, job.path), [100, 100])
  }
  process.env.RANKLOG_SOCKET_DIR = socketFolder(t)
  t.teardown(() => delete process.env.RANKLOG_SOCKET_DIR)
  const collector = await startCollector({ runKey: 'elsewhere' })
  const program = new URL('./programs/collected-rank.js', import.meta.url)
  const given: CollectedRank = { way: 'stream', count: 10 }
  const options = { worldSize: 2, args: [JSON.stringify(given)], env: collector.env, stdout: 'pipe' } as const
  const { stdout } = await startRank(t, program, 0, options).exit
  t.equal(stdout.trimEnd().split('\n').length, 10, 'a rank whose stdout leads elsewhere writes there')
  t.equal(collector.stats().lines, 0)
  await collector.close()
})

t.test('a socket that somebody removed, and wrong options', async (t) => {
  process.env.RANKLOG_SOCKET_DIR = socketFolder(t)
  t.teardown(() => delete process.env.RANKLOG_SOCKET_DIR)
  const collector = await startCollector({ runKey: 'removed' })
  rmSync(newSocketPath({ runKey: 'removed' }, process.env))
  await collector.close()
  for (const wrong of [{ ranks: 0 }, { reorderWindowMs: -1 }, { startWindowMs: 0.5 }]) {
    await t.rejects(startCollector(wrong), { code: 'OPTION_INVALID', message: /expected a whole number from / })
  }
  await t.rejects(startCollector({ label: 3 as never }), {
    code: 'OPTION_INVALID',
    message: /"label": expected a text/,
  })
  const rank = { rank: 1, worldSize: 4, launcher: 'test' }
  const transport = { target: 'pino-rank-stdout', options: { merge: 'always' } }
  t.throws(() => rankLogger({ rank, transport }), { code: 'RANK_FIELD_MISSING', message: /set RANKLOG_RUN_ID/ })
})

t.test('whose the socket is', async (t) => {
  process.env.RANKLOG_SOCKET_DIR = socketFolder(t)
  t.teardown(() => delete process.env.RANKLOG_SOCKET_DIR)
  const run = { runKey: 'one' }
  const path = newSocketPath(run, process.env)
  t.equal(statSync(join(path, '..')).mode & 0o777, 0o700, 'nobody else may enter')
  const listening = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  t.match(await runProcess(t, [...node, '-e', listening]), { signal: 'SIGKILL' })
  t.ok(existsSync(path), 'a killed collector leaves its socket')
  const collector = await startCollector(run)
  await t.rejects(startCollector(run), {
    code: 'OPTION_INVALID',
    message: /^pino-rank-stdout: option "runKey": expected a run that nobody collects yet, received "one"; /,
  })
  const other = createServer().listen(join(path, '..', 'other.sock'))
  await once(other, 'listening')
  const second = await startCollector({ runKey: 'two' })
  t.ok(
    existsSync(path) && existsSync(join(path, '..', 'other.sock')),
    'what a living process listens at is not touched',
  )
  other.close()
  await Promise.all([collector.close(), second.close()])
  t.strictSame(readdirSync(join(path, '..')), [])
})
