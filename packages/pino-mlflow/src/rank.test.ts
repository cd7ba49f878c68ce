import { OptionChecker } from 'pino-rank/sink'
import t from 'tap'
import { rank, serverOf, trackingUriIn } from './rank.ts'

const variables = ['MLFLOW_TRACKING_URI', 'MLFLOW_RUN_ID', 'MLFLOW_EXPERIMENT_NAME'] as const

t.beforeEach((t) => {
  const given = { ...process.env }
  for (const name of variables) delete process.env[name]
  t.teardown(() => {
    for (const name of variables) {
      if (given[name] === undefined) delete process.env[name]
      else process.env[name] = given[name]
    }
  })
})

const check = new OptionChecker('pino-mlflow')
const as = { rank: 3, launcher: 'test', worldSize: 4 }
const trackingUri = 'http://127.0.0.1:5000'

t.test('the server is an http URL without credentials, query and fragment', async (t) => {
  for (const uri of [trackingUri, 'https://h/path/', 'HTTP://h'])
    t.equal(trackingUriIn(check, ` ${uri}\n`), uri, 'spaces around it are ignored')
  process.env.MLFLOW_TRACKING_URI = 'http://env'
  t.equal(trackingUriIn(check), 'http://env')
  t.equal(trackingUriIn(check, trackingUri), trackingUri)
  t.equal(serverOf('http://h:5000/secret/path'), 'http://h:5000')
})

t.test('the error for another URL shows nothing that may be a secret', async (t) => {
  const cases: [uri: unknown, message: RegExp][] = [
    ['http://me:secret@h', /a URL without a user name and password.*http:\/\/…/],
    ['http://me:sec/ret@h', /a URL without a user name and password/],
    ['me:secret@h', /a URL without a user name and password.*a string that is not a URL/],
    ['sqlite://me@secret', /the URL of a server.*sqlite:\/\/…/],
    ['file:secret', /the URL of a server.*a string that is not a URL/],
    ['databricks', /the URL of a server.*databricks/],
    ['http://h?token=secret', /a URL that ends with the path/],
    ['http://h#secret', /a URL that ends with the path/],
    [5, /the URL of a server.*a value of type number/],
  ]
  for (const [uri, message] of cases) {
    t.throws(() => trackingUriIn(check, uri as string), { code: 'OPTION_INVALID', message }, String(uri))
    try {
      trackingUriIn(check, uri as string)
    } catch (error) {
      t.notMatch((error as Error).message, 'sec')
    }
  }
  t.throws(() => trackingUriIn(check), { message: /trackingUri, or MLFLOW_TRACKING_URI/ })
})

t.test('options come before the environment, and that before the defaults', async (t) => {
  const settings = (options: object) => rank.settings({ trackingUri, ...options }, as, [])
  t.match(settings({}), { head: { experiment: 'Default', name: undefined, runId: undefined, tags: {} } })
  t.match(settings({}), { timeoutMs: 10_000, endMs: 5000 })
  t.match(settings({ runName: 'r{rank}', experiment: 'e{rank}' }), { head: { name: 'r3', experiment: 'e3' } })
  process.env.MLFLOW_RUN_ID = 'env-run'
  process.env.MLFLOW_EXPERIMENT_NAME = 'env'
  t.match(settings({}), { head: { experiment: 'env', runId: 'env-run' } })
  t.match(settings({ experiment: 'e', runId: 'r' }), { head: { experiment: 'e', runId: 'r' } })
  t.not(settings({}).head.uuid, settings({}).head.uuid)
})

t.test('invalid options are rejected', async (t) => {
  for (const options of [{ tags: ['a'] }, { tags: 'a' }, { tags: null }, { tags: { a: 1 } }, { endMs: -1 }, { timeoutMs: 0 }, { runId: '' }]) // biome-ignore format: a list
    t.throws(
      () => rank.settings({ trackingUri, ...options } as object, as, []),
      { code: 'OPTION_INVALID' },
      JSON.stringify(options),
    )
  t.doesNotThrow(() => rank.settings({ trackingUri, endMs: 0, tags: { a: 'b' } }, as, []))
})

t.test('several ranks cannot continue one run', async (t) => {
  const use = (options: object) => () => rank.checkRanks?.('*', as as never, options)
  t.doesNotThrow(use({}))
  t.throws(use({ runId: 'r' }), { message: /option "runId"(?!, or)/ })
  process.env.MLFLOW_RUN_ID = 'env-run'
  t.throws(use({}), { message: /option "runId", or MLFLOW_RUN_ID/ })
})
