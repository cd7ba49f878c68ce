import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import type { MetricRun, MetricSink } from './kit/metric-sink.ts'
import { sink as mlflow } from './kit/metric-sinks/mlflow.ts'
import { sink as tensorboard } from './kit/metric-sinks/tensorboard.ts'
import { sink as wandb } from './kit/metric-sinks/wandb.ts'
import { node, pathOf, runProcess } from './kit/start-process.ts'

type End = MetricRun['end']

/** The process's action, its exit code, and the run's end: of a stream, of a target under rankLogger, and with logExit. */
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
  ['a told end, end() and process.exit(3)', 3, 'finished', 'finished', 'finished'],
  ['end(), another run, and process.exit(3)', 3, 'finished'],
  ['no end', 0, 'finished', 'finished', 'finished'],
  ['no end and process.exit(3)', 3, 'failed', 'failed', 'failed'],
] // biome-ignore format: a table

/** The cases for MLflow. The end is sent while the event loop runs; otherwise it waits in the spool. */
const sent = new Set(['end()', 'end() and process.exit(3)', 'end(), closed, and process.exit(3)', 'no end'])

t.setTimeout(300_000)
for (const sink of [tensorboard, wandb, mlflow]) {
  for (const [action, code, ...ends] of cases.filter(([action]) => sink !== mlflow || sent.has(action))) {
    for (const [at, way] of ['stream', 'rankLogger', 'logExit'].entries()) {
      const end = ends[at]
      if (end === undefined) continue
      t.test(`${sink.name}, ${way}: ${action}: ${end}`, async (t) => {
        const { run, exitCode, stderr } = await endOf(t, sink, way, action)
        t.equal(exitCode, code, stderr)
        t.strictSame([run?.losses, run?.end], [[[1, 1]], sink.ends.find((known) => known === end)], stderr)
      })
    }
  }
}

async function endOf(t: Test, sink: MetricSink, way: string, action: string) {
  const dir = t.testdir()
  const served = await sink.serve?.()
  const args = [sink.module, way, JSON.stringify(sink.options(dir)), action]
  const env = { ...torchrunEnv(0, { worldSize: 1 }), ...served?.env }
  const { code, stderr } = await runProcess(t, [...node, pathOf('ended-stream'), ...args], { env, stdout: 'ignore' })
  const [run] = await sink.runs(dir, served)
  await served?.stop()
  return { run, exitCode: code, stderr }
}
