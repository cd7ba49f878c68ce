/** Jobs in which the collector, the reader of its stdout or a rank is killed or stopped. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { maxSilenceMs } from '../../packages/pino-rank-stdout/dist/collector/protocol.js'
import { complete, Job, records } from './kit/collected-job.ts'
import type { CollectedRank } from './programs/collected-rank.ts'

t.test('if the collector is killed, the ranks write their lines themselves, and none is lost', async (t) => {
  const { job, written } = await Job.start(t, { way: 'stream', count: 10_000 }, { ranks: 4, collector: {} })
  await job.grown(500_000)
  job.parent.kill()
  await written
  const found = records(t, job.path)
  complete(t, found, [10_000, 10_000, 10_000, 10_000])
  t.equal(existsSync(join(job.sockets, `ranklog-${process.getuid?.()}`)), true, 'its socket is not removed')
})

t.test('if the collector is stopped, ranks do not wait, and write their unacknowledged lines', async (t) => {
  const { job, written } = await Job.start(t, { way: 'stream', count: 10_000 }, { ranks: 3, collector: {} })
  await job.grown(300_000)
  job.parent.kill('SIGSTOP')
  let isOver = false
  void written.then(() => {
    isOver = true
  })
  // the file grows by more than the lines that were already on their way
  const { size } = statSync(job.path)
  await job.grown(size + 2_000_000)
  t.notOk(isOver)
  job.parent.kill('SIGCONT')
  await job.stats()
  await written
  complete(t, records(t, job.path), [10_000, 10_000, 10_000])
})

t.test('if the reader of the collector’s stdout is slow, no rank writes lines itself', async (t) => {
  const rank: CollectedRank = { way: 'stream', count: 10_000, options: { merge: 'always' } }
  const { job, reader, written } = await Job.start(t, rank, { ranks: 3, collector: {} })
  await job.grown(300_000)
  reader.kill('SIGSTOP')
  await pause(2.5 * maxSilenceMs)
  reader.kill('SIGCONT')
  t.match(await job.stats(), { lines: 30_000, unfinished: 0 })
  await written
  const found = records(t, job.path)
  complete(t, found, [10_000, 10_000, 10_000])
  t.notOk(found.some(({ repeated }) => repeated))
})

t.test('if the reader of the collector’s stdout is killed, all processes end without a report', async (t) => {
  const { job, reader } = await Job.start(t, { way: 'stream', count: 10_000 }, { ranks: 3, collector: {} })
  await job.grown(300_000)
  reader.kill('SIGKILL')
  t.match(await job.stats(), { connected: 0 })
  t.match(await job.parent.exit, { code: 0, stderr: '' })
})

t.test('if a rank is killed, no line is torn, and the other ranks lose none', async (t) => {
  const { job, pids, written } = await Job.start(
    t,
    { way: 'stream', count: [5000, 1_000_000, 5000], pauseMs: 0 },
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
    [5000, 5000],
  )
  const own = found.filter(({ rank }) => rank === 1)
  t.ok(own.length > 0)
  t.strictSame(own.filter(({ seq }, at) => seq !== at).slice(0, 3), [], 'the whole lines that it had sent are there')
})
