import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type MlflowStreamOptions, mlflowStream, rank } from 'pino-mlflow'
import t, { type Test } from 'tap'
import { MlflowServer } from './kit/mlflow-server.ts'

const soleRank = { rank: 0, launcher: 'test' } as const
/** Timeouts for a machine that is busy with other work. */
const patient = { timeoutMs: 60_000, endMs: 60_000 }
const time = 1_700_000_000_250

/** Opens a server, a stream to it and a spool, and removes them when the test ends. */
async function open(t: Test, options: MlflowStreamOptions = {}) {
  const server = await MlflowServer.start()
  t.teardown(() => server.stop())
  const spool = join(t.testdir(), 'spool')
  const stream = mlflowStream({ trackingUri: server.uri, rank: soleRank, spool, ...patient, ...options })
  const log = (record: object) => stream.write(`${JSON.stringify({ level: 30, time, ...record })}\n`)
  const flush = () => new Promise<Error | undefined>((done) => stream.flush(done))
  const end = () => new Promise<void>((closed) => stream.end().once('close', closed))
  return { server, stream, log, flush, end, spool }
}

const spooled = (spool: string) => readdirSync(spool).map((name) => join(spool, name))

t.test('credentials come only from the environment', async (t) => {
  t.teardown(() => {
    delete process.env.MLFLOW_TRACKING_TOKEN
  })
  const { server, log, end } = await open(t)
  process.env.MLFLOW_TRACKING_TOKEN = 'secret'
  log({ metrics: { a: 1 } })
  await end()
  t.strictSame([...new Set(server.requests.map(({ authorization }) => authorization))], ['Bearer secret'])
})

t.test('no message contains a secret of a URI', (t) => {
  t.teardown(() => {
    delete process.env.MLFLOW_TRACKING_URI
  })
  const uris = [
    'postgresql://user:secret@db/x',
    'mysql+pymysql://secret@db/x',
    'http://user:secret@host:99999',
    'http://user:secret@host',
    'http://user:se@cret:secret@host/x',
    'http://user:1/secret@host',
    'http://user:secret%40@host',
    'http:user:secret@host',
    'http//user:secret@host',
    'user:secret@host:5000',
    'secret:@host',
    'secret:5000',
    'secret',
    ' http://user:secret@ho st',
    ' http://user:secret@host',
    '\t\nhttp://user:secret@host',
    '\0http://user:secret@host',
    'ht\ntp://user:secret@host',
    'http:/\t/user:secret@host',
    'http://host:99999/secret',
    'http://host?token=secret',
    'http://host/x#secret',
    'http://[secret',
    'file:///secret',
    'sqlite:///secret.db',
    'databricks://secret',
    { href: 'http://user:secret@host' },
    ['secret'],
  ]
  for (const uri of uris) {
    const expected = { code: 'OPTION_INVALID', message: /^pino-mlflow: option "trackingUri(?!.*secret)/ }
    t.throws(() => mlflowStream({ trackingUri: uri as string }), expected, JSON.stringify(uri))
    t.throws(() => rank.check?.({ trackingUri: uri as string }, soleRank), expected)
    if (typeof uri !== 'string') continue
    process.env.MLFLOW_TRACKING_URI = uri
    t.throws(() => mlflowStream(), expected)
  }
  const name = 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD'
  t.throws(() => mlflowStream({ trackingUri: 'http://u:p@h' }), { message: new RegExp(`received "http://…"; ${name}`) })
  const other = { message: /received "postgresql:\/\/…"; write for example http/ }
  t.throws(() => mlflowStream({ trackingUri: 'postgresql://u:p@h/x' }), other)
  t.throws(() => mlflowStream({ trackingUri: 'sqlite:///a' }), {
    message: /received "sqlite:\/\/…"; write for example http/,
  })
  t.end()
})

t.test('an error about an invalid token does not show it, and unsent records stay in the spool', async (t) => {
  t.teardown(() => {
    delete process.env.MLFLOW_TRACKING_TOKEN
  })
  const { server, log, flush, end, spool } = await open(t)
  process.env.MLFLOW_TRACKING_TOKEN = 'secret\nsecret'
  log({ metrics: { a: 1 } })
  t.match(await flush(), { name: 'MlflowError', message: /^MLFLOW_TRACKING_TOKEN has a character(?!.*secret)/ })
  t.equal(spooled(spool).length, 1)
  process.env.MLFLOW_TRACKING_TOKEN = 'secret\n'
  await end()
  t.strictSame([server.run.metrics.length, server.requests[0]?.authorization], [1, 'Bearer secret'])
})

t.test('while the server rejects the credentials, unsent records stay in the spool', async (t) => {
  const { server, log, flush, end, stream } = await open(t)
  log({ metrics: { a: 1 }, step: 1 })
  await flush()
  server.responseMode = 401
  log({ metrics: { a: 2 }, step: 2 })
  t.match(await flush(), { message: /^MLflow responds with HTTP 401/ })
  server.responseMode = 'normal'
  await end()
  t.strictSame([server.run.metrics.length, stream.stats().drops], [2, 0])
})
