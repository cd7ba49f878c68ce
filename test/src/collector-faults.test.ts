/** A collector, its reader or a rank that is killed, stopped or slow. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { maxSilenceMs } from '../../packages/pino-rank-stdout/dist/collector/protocol.js'
import { complete, Job, records } from './kit/collected-job.ts'
import type { CollectedRank } from './programs/collected-rank.ts'

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

t.test('the reader of a parent’s stdout is slow: the ranks take nothing back', async (t) => {
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
