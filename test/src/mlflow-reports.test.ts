/** The report of an MLflow server that is unavailable says where the unsent values are. */
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { sink } from './kit/metric-sinks/mlflow.ts'
import { startServer } from './kit/spool-process.ts'
import { node, pathOf, startProcess, type TestProcess } from './kit/start-process.ts'

/** Starts a process that logs as many records as its stdin asks for, to a server that closes each connection. */
async function startLogger(t: Test, spool: string): Promise<TestProcess> {
  const { server } = await startServer(t)
  server.responseMode = 'disconnect'
  const args = [sink.module, 'stream', JSON.stringify({ trackingUri: server.uri, spool, flushMs: 1 })]
  return startProcess(t, [...node, pathOf('metric-logger'), ...args], { env: torchrunEnv(0, { worldSize: 1 }) })
}

t.test('values in the spool wait there for the next run', async (t) => {
  const spool = join(t.testdir(), 'spool')
  const logger = await startLogger(t, spool)
  logger.stdin.write('1\n')
  await logger.stderr.until(/cannot reach MLflow: .*\n/)
  const kept = `; unsent values wait in ${spool}, and are sent when the server is back, by the next run, or by resend()\n`
  t.ok(logger.stderr.text.endsWith(kept), logger.stderr.text)
})

t.test('if the spool cannot be written, values wait in memory, and are lost at the exit', async (t) => {
  const logger = await startLogger(t, '/dev/null/spool')
  logger.stdin.write('1\n')
  await logger.stderr.until(/cannot reach MLflow: .*\n/)
  logger.stdin.end()
  const { code, stderr } = await logger.exit
  t.equal(code, 0)
  t.match(stderr.trimEnd().split('\n'), [
    /"[^"]*spool" is not usable as a spool: .*; unsent values wait in memory$/,
    /cannot reach MLflow: [^;]*; unsent values wait in memory, because the spool cannot be written; they are sent when/,
    /: 1 value lost: /,
  ])
})
