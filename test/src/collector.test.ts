import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { rankLogger } from 'pino-rank'
import { newSocketPath, startCollector } from 'pino-rank-stdout/collector'
import t from 'tap'
import { complete, Job, ordered, records, socketFolder } from './kit/collected-job.ts'
import { startRank } from './kit/ranks.ts'
import { node, runProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'
import type { CollectedRank } from './programs/collected-rank.ts'

for (const [who, way, cluster] of [
  ['a parent', 'stream', false],
  ['a parent', 'target', false],
  ['a primary of node:cluster', 'target', true],
] as const) {
  t.test(`${who} collects all lines of its ranks, as a ${way}, in the order of each rank`, async (t) => {
    const { job, written } = await Job.start(
      t,
      { way, count: 2000, options: { merge: 'always' } },
      { ranks: 3, collector: { ranks: 3 }, cluster },
    )
    const stats = await job.stats()
    await written
    const found = records(t, job.path)
    complete(t, found, [2000, 2000, 2000])
    t.match(stats, { lines: 6000, unfinished: 0, connected: 0 }, 'all came through the collector')
    for (const rank of [0, 1, 2]) {
      const own = found.filter((record) => record.rank === rank)
      t.ok(
        own.every(({ seq }, at) => seq === at),
        `rank ${rank} in its order`,
      )
    }
    if (way === 'stream') t.equal(ordered(found), stats?.late === 0, 'in order of time, except for late lines')
    t.strictSame(readdirSync(join(job.sockets, `ranklog-${process.getuid?.()}`)), [], 'the socket is removed')
    t.equal((await job.parent.exit).stderr, '')
  })
}

t.test('several loggers of a rank and a child process with the same rank can connect at once', async (t) => {
  const { job, pids, written } = await Job.start(
    t,
    { way: 'stream', count: 400, loggers: 2, hasChild: true, stayingRanks: [0, 1], options: { merge: 'always' } },
    { ranks: 2, collector: { ranks: 2, reorderWindowMs: 100 } },
  )
  const last = (rank: number, seq: number) => new RegExp(`"pid":(\\d+),.*"rank":${rank},"seq":${seq},`, 'g')
  const isOut = (rank: number, seq: number) => {
    const pids = [...readFileSync(job.path, 'utf8').matchAll(last(rank, seq))].map(([, pid]) => pid)
    return new Set(pids).size === 2 // the rank itself and its child
  }
  // All of them are connected at the same time: the last record of each logger is written while the others are running.
  await until(() => [0, 1].every((rank) => isOut(rank, 398) && isOut(rank, 399)))
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

// The reorder window is shorter than the time between the starts of two ranks, and longer than a busy machine delays a rank.
for (const [first, pauseMs, apartMs, merge] of [
  [10, 1, 300, 'auto'],
  [2500, 50, 500, 'auto'], // few lines until the handshake, and then many before the last rank connects
  [4000, 1, 300, 'always'],
] as const) {
  t.test(`${first} lines wait for the older lines of a rank that connects late: merge ${merge}`, async (t) => {
    const { job, written } = await Job.start(
      t,
      { way: 'stream', count: [first, 10, 10], pauseMs, apartMs, options: { merge } },
      { ranks: 3, collector: { ranks: 3, startWindowMs: 600_000, reorderWindowMs: 200 } },
    )
    const stats = await job.stats()
    await written
    const found = records(t, job.path)
    t.match(stats, { lines: first + 20, late: 0 })
    const times = found.map(({ time }) => time as number)
    t.strictSame(
      times,
      times.toSorted((a, b) => a - b),
      'sorted by time',
    )
  })
}

t.test('lines do not wait for a missing rank if their rank ends or sends many lines', async (t) => {
  for (const [count, merge] of [
    [[10, 10, 10], 'auto'],
    [[30_000, 10, 10], 'always'], // more than the window of a rank
  ] as const) {
    const { job, written } = await Job.start(
      t,
      { way: 'stream', count: [...count], options: { merge } },
      { ranks: 3, collector: { ranks: 4, startWindowMs: 600_000 } },
    )
    const stats = await job.stats()
    await written
    t.equal(
      stats?.lines,
      count.reduce<number>((sum, lines) => sum + lines, 0),
    )
    complete(t, records(t, job.path), count)
  }
})

t.test('the option merge decides whether a rank uses the collector, and by default its stdout does', async (t) => {
  for (const merge of ['auto', 'always', 'never'] as const) {
    const { job, written } = await Job.start(
      t,
      { way: 'stream', count: 100, options: { merge }, stayingRanks: [] },
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
  t.equal(stdout.trimEnd().split('\n').length, 10, 'a rank with another stdout than the collector writes to its own')
  t.equal(collector.stats().lines, 0)
  await collector.close()
})

t.test('close works although its socket was removed, and invalid options are rejected', async (t) => {
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
    message: /"label": expected a string/,
  })
  const rank = { rank: 1, worldSize: 4, launcher: 'test' }
  const transport = { target: 'pino-rank-stdout', options: { merge: 'always' } }
  t.throws(() => rankLogger({ rank, transport }), { code: 'RANK_FIELD_MISSING', message: /set RANKLOG_RUN_ID/ })
})

t.test('a collector replaces the socket of a killed one, and does not touch that of a living process', async (t) => {
  process.env.RANKLOG_SOCKET_DIR = socketFolder(t)
  t.teardown(() => delete process.env.RANKLOG_SOCKET_DIR)
  const run = { runKey: 'one' }
  const path = newSocketPath(run, process.env)
  t.equal(statSync(join(path, '..')).mode & 0o777, 0o700, 'other users may not enter the folder')
  const listening = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  t.match(await runProcess(t, [...node, '-e', listening]), { signal: 'SIGKILL' })
  t.ok(existsSync(path), 'a killed collector leaves its socket')
  const collector = await startCollector(run)
  await t.rejects(startCollector(run), {
    code: 'OPTION_INVALID',
    message: /^pino-rank-stdout: option "runKey": expected a run without a collector, received "one"; /,
  })
  const other = createServer().listen(join(path, '..', 'other.sock'))
  await once(other, 'listening')
  const second = await startCollector({ runKey: 'two' })
  t.ok(existsSync(path) && existsSync(join(path, '..', 'other.sock')), 'sockets of living processes are not removed')
  other.close()
  await Promise.all([collector.close(), second.close()])
  t.strictSame(readdirSync(join(path, '..')), [])
})
