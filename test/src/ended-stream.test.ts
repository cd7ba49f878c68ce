import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import type { MetricRun, MetricSink } from './kit/metric-sink.ts'
import { sink as mlflow } from './kit/metric-sinks/mlflow.ts'
import { sink as tensorboard } from './kit/metric-sinks/tensorboard.ts'
import { sink as wandb } from './kit/metric-sinks/wandb.ts'
import { node, pathOf, runProcess } from './kit/start-process.ts'

type End = MetricRun['end']

/** The action of a process, its exit code, and the end of its run: with a stream, with a target under rankLogger, and with logExit. */
const cases: [action: string, code: number, stream: End, rankLogger?: End, logExit?: End][] = [
  ['end()', 0, 'finished', 'finished', 'finished'],
  ['end() and process.exit(3)', 3, 'failed'],
  ['end(), closed, and process.exit(3)', 3, 'failed'],
  ['end(), closed, and process.exitCode = 3 later', 3, 'failed'],
  ['end() and an exception', 1, 'failed'],
  ['end(), closed, and an exception', 1, 'failed'],
  ['end() and a SIGTERM that is handled', 143, 'killed'],
  ['end() in an exit handler', 3, 'failed', 'failed', 'failed'],
  ['end() in a clean exit handler', 0, 'finished', 'finished', 'finished'],
  ['destroy()', 0, 'finished'],
  ['a recorded end, end() and process.exit(3)', 3, 'finished', 'finished', 'finished'],
  ['end(), another run, and process.exit(3)', 3, 'finished'],
  ['no end', 0, 'finished', 'finished', 'finished'],
  ['no end and process.exit(3)', 3, 'failed', 'failed', 'failed'],
] // biome-ignore format: a table

/** The cases for MLflow: those in which the event loop still runs after the end. Otherwise the end is only in the spool. */
const sent = new Set(['end()', 'end() and process.exit(3)', 'end(), closed, and process.exit(3)', 'no end'])

/** Runs a process with a logger for each sink, and returns the runs that the readers of the sinks find. */
async function endOf(t: Test, sinks: readonly MetricSink[], way: string, action: string) {
  const dir = t.testdir(Object.fromEntries(sinks.map(({ name }) => [name, {}])))
  const folderOf = ({ name }: MetricSink) => join(dir, name)
  const served = await Promise.all(sinks.map((sink) => sink.serve?.()))
  t.teardown(() => Promise.all(served.map((server) => server?.stop())))
  const given = sinks.map((sink) => ({ module: sink.module, options: sink.options(folderOf(sink)) }))
  const env = Object.assign(torchrunEnv(0, { worldSize: 1 }), ...served.map((server) => server?.env))
  const command = [...node, pathOf('ended-stream'), way, JSON.stringify(given), action]
  const { code, stderr } = await runProcess(t, command, { env, stdout: 'ignore' })
  const runs = await Promise.all(sinks.map((sink, at) => sink.runs(folderOf(sink), served[at])))
  return { runs, exitCode: code, stderr }
}

for (const [action, code, ...ends] of cases) {
  const sinks = [tensorboard, wandb, ...(sent.has(action) ? [mlflow] : [])]
  for (const [at, way] of ['stream', 'rankLogger', 'logExit'].entries()) {
    const end = ends[at]
    if (end === undefined) continue
    t.test(`${way}: after ${action} the run is ${end}`, async (t) => {
      const { runs, exitCode, stderr } = await endOf(t, sinks, way, action)
      t.equal(exitCode, code, stderr)
      for (const [at, sink] of sinks.entries()) {
        const found = runs[at]?.map(({ losses, end }) => [losses, end])
        t.strictSame(found?.[0], [[[1, 1]], sink.ends.find((known) => known === end)], `${sink.name}: ${stderr}`)
      }
    })
  }
}
