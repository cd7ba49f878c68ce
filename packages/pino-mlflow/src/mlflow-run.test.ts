import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NameWarnings } from 'pino-rank-metrics/sink'
import t, { type Test } from 'tap'
import { MlflowClient } from './mlflow-client.ts'
import { MlflowRun } from './mlflow-run.ts'
import { rank } from './rank.ts'

/** A server that cannot be reached: `fetch` refuses this port. */
const trackingUri = 'http://127.0.0.1:1'

/** Opens a run without a server. `fail` writes a record, and returns where the unsent values are according to the fault's report. */
function open(t: Test) {
  const spool = join(t.testdir(), 'spool')
  const settings = rank.settings({ trackingUri, spool }, { rank: 0, launcher: 'test' }, [])
  const reports: string[] = []
  const warnings = new NameWarnings('test', (line) => reports.push(line))
  const run = new MlflowRun(new MlflowClient(trackingUri, 1000), settings, warnings)
  const lists = { hparams: [], hparamLists: [], texts: [], histograms: [], images: [] }
  const none = { ...lists, time: 0, epoch: undefined, rank: undefined, end: undefined }
  const fail = async (step: number) => {
    run.write({ ...none, scalars: [['loss', 1]], step })
    await t.rejects(run.flush(), { name: 'MlflowError', isTransient: true })
    return run.kept()
  }
  return { spool, run, reports, fail }
}

const isTaken = 'and are sent when the server is back, by the next run, or by resend()'
const isRefused = 'because the spool cannot be written; they are sent when the server is back'

t.test('a fault says that unsent values wait in the spool only if the disk has taken them', async (t) => {
  const { spool, run, fail } = open(t)
  t.equal(await fail(1), `unsent values wait in ${spool}, ${isTaken}`)
  renameSync(spool, `${spool}.away`)
  writeFileSync(spool, '')
  t.equal(await fail(2), `unsent values wait in ${spool} and in memory, ${isRefused}`)
  await t.rejects(run.close(undefined))
})

t.test('if the spool was never usable, unsent values wait in memory, and are lost at the end', async (t) => {
  const { spool, run, reports, fail } = open(t)
  writeFileSync(spool, '')
  t.equal(await fail(1), `unsent values wait in memory, ${isRefused}`)
  t.match(reports, [/^test: "[^"]*spool" is not usable as a spool: .*; unsent values wait in memory$/])
  await t.rejects(run.close(undefined), { name: 'MlflowError' })
  t.equal(run.kept(), 'unsent values that the spool did not take are lost')
  t.equal(run.stats().drops, 1)
})
