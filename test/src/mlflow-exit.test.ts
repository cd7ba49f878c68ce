/** What pino-mlflow leaves behind if a process ends before everything was sent, and what it does with spools that it finds. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { resend } from 'pino-mlflow'
import t from 'tap'
import { sink } from './kit/metric-sinks/mlflow.ts'
import { leaveSpool, namesIn, startServer } from './kit/spool-process.ts'
import { node, pathOf, startProcess } from './kit/start-process.ts'

const env = { RANKLOG_RANK: '0' }

t.test('the end of a run is in the spool if a stream cannot send at the exit', async (t) => {
  const { server, spool } = await startServer(t)
  server.responseMode = 503
  const args = [sink.module, 'stream', JSON.stringify({ trackingUri: server.uri, spool })]
  const logger = startProcess(t, [...node, pathOf('metric-logger'), ...args], { env })
  logger.stdin.end('1\n')
  t.equal((await logger.exit).code, 0)
  const [path = ''] = namesIn(spool)
  t.match(readFileSync(path, 'utf8'), /"step":0.*\n\{"end":\{"status":"FINISHED"/)
  server.responseMode = 'normal'
  await resend(spool, { trackingUri: server.uri })
  t.equal(server.run.status, 'FINISHED')
})

t.test('a spool that cannot be sent is reported by the process that finds it, and stays', async (t) => {
  const { server, spool } = await startServer(t)
  await leaveSpool(server, spool, [0])
  const [path = ''] = namesIn(spool)
  writeFileSync(path, '{"no":"uuid"}\n')
  const args = [sink.module, 'target', JSON.stringify({ trackingUri: server.uri, spool })]
  const logger = startProcess(t, [...node, pathOf('metric-logger'), ...args], { env })
  logger.stdin.end('1\n')
  const { code, stderr } = await logger.exit
  t.equal(code, 0)
  t.match(stderr, /^pino-mlflow: .* "no run is named in the first line of .*" is rejected by MLflow/m)
  t.equal(namesIn(spool).length, 1)
})

t.test('a process that exits while it sends the spool of another run leaves both spools free', async (t) => {
  const { server, spool } = await startServer(t)
  await leaveSpool(server, spool, [0])
  const program = `import { mlflowStream } from 'pino-mlflow'
    const options = { trackingUri: ${JSON.stringify(server.uri)}, spool: ${JSON.stringify(spool)}, flushMs: 1 }
    mlflowStream({ ...options, rank: { rank: 0, launcher: 'test' } }).write('{"metrics":{"a":1},"step":1}\\n')
    process.stdin.on('data', () => process.exit(0))`
  const cwd = join(pathOf('metric-logger'), '..')
  const sender = startProcess(t, [...node, '--input-type=module', '-e', program], { cwd })
  // three requests for its own run: the experiment, the run, the metric
  for (let request = 0; request < 4; request++) await server.nextRequest()
  server.responseMode = new Promise(() => {}) // the fourth one, for the other run, gets no response
  t.notOk(namesIn(spool).some((path) => path.includes('.free.')))
  sender.stdin.end('exit')
  t.match(await sender.exit, { code: 0, stderr: /a stream cannot send when the process exits/ })
  t.strictSame(
    namesIn(spool).map((path) => path.includes('.free.')),
    [true, true],
  )
})
