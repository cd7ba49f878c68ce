import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { resend } from 'pino-mlflow'
import t, { type Test } from 'tap'
import { freePort } from '../../dist/kit/free-port.js'
import { logRun, lossAt } from './log-run.ts'
import { missing, Server } from './python.ts'

const skip = missing() ?? false
const target = 'pino-mlflow'

/** Starts a real server over SQLite, which stores artifacts itself. */
async function serve(t: Test, dir: string, port: number): Promise<Server> {
  const stores = [
    '--backend-store-uri',
    `sqlite:///${join(dir, 'mlflow.db')}`,
    '--artifacts-destination',
    join(dir, 'artifacts'),
  ]
  const args = ['server', ...stores, '--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  const server = await Server.start('mlflow', args, /running on (http:\/\/127\.0\.0\.1:\d+)/)
  t.teardown(() => server.stop())
  return server
}

interface Run {
  info: { run_id: string; run_name: string; status: string }
  data: { metrics: { key: string; value: number | string }[]; params: { key: string; value: string }[] }
}

async function runsOf(server: Server, experiment: string): Promise<Run[]> {
  const found = await server.json<{ experiment: { experiment_id: string } }>(
    `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${experiment}`,
  )
  const { runs = [] } = await server.json<{ runs?: Run[] }>('/api/2.0/mlflow/runs/search', {
    experiment_ids: [found.experiment.experiment_id],
  })
  return runs
}

t.test('a real MLflow server gets new, spooled and continued runs', { skip, timeout: 280_000 }, async (t) => {
  const dir = t.testdir()
  const port = await freePort()
  const spool = join(dir, 'spool')
  const options = { trackingUri: `http://127.0.0.1:${port}`, spool, endMs: 9000 }

  // no server yet: the run stays in the spool
  await logRun({ target, options: { ...options, experiment: 'early', runName: 'waits' }, steps: [0, 100], exit: 0 })
  t.equal(readdirSync(spool).length, 1)
  const server = await serve(t, dir, port)

  // the next run with this spool sends both
  await logRun({
    target,
    options: { ...options, experiment: 'digits', runName: 'first' },
    steps: [0, 1500],
    media: true,
    exit: 0,
  })
  t.strictSame([readdirSync(spool), await resend(spool, { trackingUri: server.uri })], [[], 0])
  const [early] = await runsOf(server, 'early')
  t.match(early?.info, { run_name: 'waits', status: 'FINISHED' })
  t.equal(early?.data.metrics.find(({ key }) => key === 'loss/train')?.value, lossAt(99))

  const [run, ...others] = await runsOf(server, 'digits')
  t.strictSame(others, [])
  t.match(run?.info, { run_name: 'first', status: 'FINISHED' })
  const params = Object.fromEntries(run?.data.params.map(({ key, value }) => [key, value]) ?? [])
  t.strictSame(params, {
    lr: '0.1',
    'net/depth': '3',
    'net/activation': 'relu',
    amp: 'true',
    far: 'Infinity',
    none: 'None',
    nan: 'NaN',
  })
  const history = `/api/2.0/mlflow/metrics/get-history?run_id=${run?.info.run_id}&max_results=5000&metric_key=`
  const { metrics } = await server.json<{ metrics: { step: number; value: number }[] }>(`${history}loss/train`)
  const sorted = metrics.sort((a, b) => Number(a.step) - Number(b.step))
  t.strictSame(sorted.map(({ step, value }) => [Number(step), value]), Array.from({ length: 1500 }, (_, step) => [step, lossAt(step)])) // biome-ignore format: a line
  const values = Object.fromEntries(run?.data.metrics.map(({ key, value }) => [key, String(value)]) ?? [])
  t.match(values, { 'odd/nan': 'NaN', 'odd/ä π _x1F680_': '1' })
  const artifacts = await server.json<{ files: { path: string }[] }>(
    `/api/2.0/mlflow/artifacts/list?run_id=${run?.info.run_id}`,
  )
  t.strictSame(artifacts.files.map(({ path }) => path).sort(), ['histograms', 'images', 'texts'])

  await logRun({ target, options: { ...options, experiment: 'failures' }, steps: [0, 10], exit: 7, plain: true })
  t.match((await runsOf(server, 'failures'))[0]?.info, { status: 'FAILED' })
  const runId = run?.info.run_id
  await logRun({ target, options: { ...options, experiment: 'digits', runId }, steps: [1500, 1600], exit: 0 })
  const more = await server.json<{ metrics: object[] }>(`${history}loss/train`)
  t.equal(more.metrics.length, 1600, 'a run that continues keeps its metrics')
})
