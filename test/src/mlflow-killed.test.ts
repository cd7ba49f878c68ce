import { mkdirSync, readFileSync, watch } from 'node:fs'
import { resend } from 'pino-mlflow'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { sink } from './kit/metric-sinks/mlflow.ts'
import type { MlflowServer } from './kit/mlflow-server.ts'
import { namesIn, startServer, stepsOf } from './kit/spool-process.ts'
import { node, pathOf, startProcess, type TestProcess } from './kit/start-process.ts'

const ways = ['stream', 'target'] as const

/** Starts a process that logs as many records as its stdin asks for. It flushes as often as possible, and waits for the server at its end. */
function startLogger(t: Test, way: string, server: MlflowServer, spool: string): TestProcess {
  const options = { trackingUri: server.uri, spool, flushMs: 1, timeoutMs: 60_000, endMs: 60_000 }
  const args = [sink.module, way, JSON.stringify(options)]
  return startProcess(t, [...node, pathOf('metric-logger'), ...args], { env: torchrunEnv(0, { worldSize: 1 }) })
}

/** Resolves when `isDone` returns true. It is called after each change in a folder. */
function until(folder: string, isDone: () => boolean): Promise<void> {
  mkdirSync(folder, { recursive: true })
  return new Promise((resolve) => {
    const watcher = watch(folder, look)
    function look(): void {
      if (!isDone()) return
      watcher.close()
      resolve()
    }
    look()
  })
}

/** Resolves when a file of the spool has at least `count` metrics. */
function spooled(spool: string, count: number): Promise<void> {
  return until(spool, () => namesIn(spool).some((path) => metricsIn(path) >= count))
}

function metricsIn(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('"key"').length - 1
  } catch {
    return 0 // it was removed meanwhile
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

async function kill(logger: TestProcess): Promise<void> {
  logger.kill()
  await logger.exit
}

for (const way of ways) {
  t.test(`${way}: after a SIGKILL without a server, the next run sends all metrics`, async (t) => {
    const { server, spool } = await startServer(t)
    server.responseMode = 'disconnect'
    const killed = startLogger(t, way, server, spool)
    for (const count of [1, 2, 3]) {
      killed.stdin.write(`${count}\n`)
      await spooled(spool, (count * (count + 1)) / 2)
    }
    await kill(killed)
    server.responseMode = 'normal'
    const next = startLogger(t, 'target', server, spool) // a stream cannot send at the exit
    next.stdin.end('2\n')
    t.equal((await next.exit).code, 0)
    const runs = [...server.runs.values()].map(stepsOf).sort((a, b) => a.length - b.length)
    t.strictSame([runs, namesIn(spool)], [[numbers(2), numbers(6)], []])
  })

  t.test(`${way}: after a SIGKILL with a slow server, resend sends all metrics to the same run`, async (t) => {
    const { server, spool } = await startServer(t)
    let answer = () => {}
    server.responseMode = new Promise((resolve) => {
      answer = resolve
    })
    const logger = startLogger(t, way, server, spool)
    logger.stdin.write('1\n')
    await server.nextRequest()
    logger.stdin.write('4\n')
    await spooled(spool, 5)
    await kill(logger)
    answer() // the server now carries out the request
    server.responseMode = 'normal'
    t.equal(await resend(spool, { trackingUri: server.uri }), 1)
    t.strictSame([stepsOf(server.run), namesIn(spool)], [numbers(5), []])
  })

  t.test(`${way}: after a SIGKILL with a server that became slow, the rest is sent to the same run`, async (t) => {
    const { server, spool } = await startServer(t)
    const logger = startLogger(t, way, server, spool)
    logger.stdin.write('3\n')
    await until(spool, () => server.runs.size === 1 && server.run.metrics.length === 3 && namesIn(spool).length === 0)
    let answer = () => {}
    server.responseMode = new Promise((resolve) => {
      answer = resolve
    })
    logger.stdin.write('2\n')
    await server.nextRequest()
    logger.stdin.write('1\n')
    await spooled(spool, 3)
    await kill(logger)
    answer()
    server.responseMode = 'normal'
    await resend(spool, { trackingUri: server.uri })
    t.strictSame([stepsOf(server.run), namesIn(spool)], [numbers(6), []])
  })
}

t.test('a SIGKILL after many records in quick succession loses only the last of them', async (t) => {
  const { server, spool } = await startServer(t)
  server.responseMode = 503
  const logger = startLogger(t, 'stream', server, spool)
  logger.stdin.write('20000 die\n')
  t.equal((await logger.exit).signal, 'SIGKILL')
  server.responseMode = 'normal'
  t.equal(await resend(spool, { trackingUri: server.uri }), 1)
  const steps = stepsOf(server.run)
  t.comment(`${20_000 - steps.length} of 20000 lost`)
  t.strictSame(steps, numbers(steps.length))
  t.ok(steps.length > 0)
})
