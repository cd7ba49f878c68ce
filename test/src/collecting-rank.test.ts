/** Ranks whose parent does not collect. With the option `collector`, rank 0 does. */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { complete, Job, records } from './kit/collected-job.ts'

const noParent = { ranks: 3, env: { RANKLOG_RUN_ID: 'own' } }

t.test('rank 0 collects with the option collector, and waits for the other ranks at its end', async (t) => {
  const { job, written } = await Job.start(
    t,
    {
      way: 'stream',
      count: [2000, 6000, 6000],
      pauseMs: 20,
      first: { merge: 'always', collector: { lingerMs: 60_000, label: '[{rank}] ' } },
    },
    noParent,
  )
  await job.stats()
  await written
  const lines = readFileSync(job.path, 'utf8').split('\n').slice(0, -1)
  const labelled = lines.filter((line) => /^\[[012]\] \{.*\}$/.test(line))
  t.ok(labelled.length > 10_000, `${labelled.length} of ${lines.length} lines went through the collector`)
  writeFileSync(job.path, lines.map((line) => `${line.replace(/^\[\d\] /, '')}\n`).join(''))
  complete(t, records(t, job.path), [2000, 6000, 6000])
})

t.test('if the collecting rank ends at the same time as the others, each line is there once', async (t) => {
  const { job, written } = await Job.start(
    t,
    { way: 'stream', count: 2000, pauseMs: 10, options: { merge: 'always' }, first: { collector: true } },
    { ...noParent, ranks: 4 },
  )
  await job.stats()
  await written
  const found = records(t, job.path)
  complete(t, found, [2000, 2000, 2000, 2000])
  t.equal(found.length, 8000, 'no line is marked as repeated')
})

t.test('a collecting rank that ends while its reader is stopped writes its remaining lines itself', async (t) => {
  const count = 1400 // more lines than fit into a pipe, and fewer than a rank may have unacknowledged
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

t.test('if the collecting rank ends early, is killed or is stopped, the others write their own lines', async (t) => {
  for (const signal of [undefined, 'SIGKILL', 'SIGSTOP'] as const) {
    const { job, pids, written } = await Job.start(
      t,
      {
        way: 'stream',
        count: [2000, 10_000, 10_000],
        pauseMs: 10,
        first: { collector: true },
        stayingRanks: signal ? [0] : [],
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
