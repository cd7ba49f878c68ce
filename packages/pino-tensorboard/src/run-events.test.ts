import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type MetricRecord, NameWarnings, RecordFile } from 'pino-rank-metrics/sink'
import t, { type Test } from 'tap'
import { readEvents } from './read-events.ts'
import { RunEvents, type RunEventsOptions } from './run-events.ts'

/** Opens a run whose folder cannot be made while `folder` is a file. */
function open(t: Test, options: RunEventsOptions = {}, queueBytes = 2 ** 20) {
  const folder = join(t.testdir({ run: 'a file' }), 'run')
  const path = join(folder, 'events')
  const run = new RunEvents(
    new RecordFile({ path: () => path, queueBytes }),
    options,
    new NameWarnings('test', () => {}),
  )
  const lists = { scalars: [], hparams: [], hparamLists: [], texts: [], histograms: [], images: [] }
  const write = (step: number, more: Partial<MetricRecord>) =>
    run.write({
      ...lists,
      time: 1000,
      epoch: undefined,
      rank: undefined,
      end: undefined,
      step,
      ...more,
    } as MetricRecord)
  const read = async () => {
    const found = []
    for await (const event of readEvents(path)) found.push(event)
    return found
  }
  return { folder, run, write, read }
}

const loss = { scalars: [['loss', 0.5]] } as const as unknown as Partial<MetricRecord>
const lr = { hparams: [['lr', 0.1]] } as Partial<MetricRecord>
const finished = { status: 'finished', exitCode: 0 } as const

t.test('of a run that cannot be written, the metric records are counted as dropped, and nothing else', async (t) => {
  const { run, write } = open(t, { purgeStep: 3 })
  write(3, lr)
  write(3, loss)
  write(4, loss)
  t.throws(() => run.close(finished), { code: /ENOTDIR|EEXIST/ })
  t.match(run.stats(), { records: 3, values: 2, drops: 3 }, 'not the version, the session starts and the end')
})

t.test('a run that resumes begins its session twice at the purge step, before its first value', async (t) => {
  const { folder, run, write, read } = open(t, { purgeStep: 3 })
  rmSync(folder)
  write(3, loss)
  run.close(finished)
  const events = await read()
  t.match(events, [
    { fileVersion: 'brain.Event:2' },
    { step: 3, sessionLog: 1 },
    { step: 3, sessionLog: 1 },
    { step: 3, values: [{ tag: 'loss', value: 0.5 }] },
  ])
  t.equal(events.length, 4, 'without hyperparameters there is no end')
})

t.test('an end that changes replaces the first one, and a killed run has none', async (t) => {
  const ends = async (...given: Parameters<RunEvents['amend']>[0][]) => {
    const { folder, run, write, read } = open(t)
    rmSync(folder)
    write(0, { ...lr, ...loss })
    const [first, ...more] = given
    run.close(first)
    for (const end of more) run.amend(end)
    return (await read()).flatMap(({ values }) => values.flatMap(({ tag }) => tag))
  }
  const start = ['_hparams_/session_start_info', 'loss']
  const end = '_hparams_/session_end_info'
  t.strictSame(await ends(finished), [...start, end])
  t.strictSame(await ends(finished, { status: 'failed', exitCode: 1 }), [...start, end])
  t.strictSame(await ends(finished, { status: 'killed', exitCode: 143 }), start)
})
