import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { MlflowClient, MlflowError, parseObject } from './mlflow-client.ts'

const credentials = ['MLFLOW_TRACKING_TOKEN', 'MLFLOW_TRACKING_USERNAME', 'MLFLOW_TRACKING_PASSWORD'] as const

t.beforeEach((t) => {
  const given = { ...process.env }
  for (const name of credentials) delete process.env[name]
  t.teardown(() => {
    for (const name of credentials) if (given[name] !== undefined) process.env[name] = given[name]
  })
})

interface Request {
  method: string | undefined
  url: string | undefined
  authorization: string | undefined
  type: string | undefined
  body: string
}

/** Starts a server that answers each request with `status` and `text`, or not at all if `status` is 0. */
async function serve(t: Test, timeoutMs = 10_000) {
  const answer = { status: 200, text: '{"ok":1}' }
  const requests: Request[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const { method, url, headers } = request
    const { authorization, 'content-type': type } = headers
    requests.push({ method, url, authorization, type, body: Buffer.concat(parts).toString() })
    if (answer.status > 0) response.writeHead(answer.status).end(answer.text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { answer, requests, client: new MlflowClient(`${uri}//`, timeoutMs) }
}

const errorOf = (promise: Promise<unknown>) => promise.then(() => t.fail('no error')).catch((error) => error)

t.test('requests have the paths, the bodies and the types of the REST API', async (t) => {
  const { answer, requests, client } = await serve(t)
  t.strictSame(await client.get('runs/get', { run_id: 'a b' }), { ok: 1 })
  await client.post('runs/create', { name: 'ä' })
  answer.text = 'not JSON'
  await client.putArtifact('1/run/a b#.txt', Buffer.from('text'))
  const [get, post, put] = requests
  t.match(get, { method: 'GET', url: '/api/2.0/mlflow/runs/get?run_id=a+b', type: undefined, body: '' })
  t.match(post, { method: 'POST', url: '/api/2.0/mlflow/runs/create', type: 'application/json', body: '{"name":"ä"}' })
  const path = '/api/2.0/mlflow-artifacts/artifacts/1/run/a%20b%23.txt'
  t.match(put, { method: 'PUT', url: path, type: 'application/octet-stream', body: 'text' })
  t.strictSame([client.successes, client.errors], [3, 0])
})

t.test('an error of the server says whether a retry may succeed', async (t) => {
  const { answer, client } = await serve(t)
  const cases: [status: number, isTransient: boolean][] = [
    [400, false],
    [401, true],
    [403, true],
    [404, false],
    [408, true],
    [409, false],
    [429, true],
    [499, false],
    [500, true],
    [503, true],
  ]
  for (const [status, isTransient] of cases) {
    Object.assign(answer, { status, text: '{"error_code":"E","message":"why"}' })
    const error = await errorOf(client.get('a', {}))
    t.ok(error instanceof MlflowError)
    t.match(error, { isTransient, code: 'E', message: `MLflow responds with HTTP ${status}: why` })
  }
  answer.text = `<html>${'x'.repeat(400)}`
  const { message, code } = (await errorOf(client.post('a', {}))) as MlflowError
  t.equal(message, `MLflow responds with HTTP 503: ${answer.text.slice(0, 300)}`, 'a proxy is quoted, cut')
  t.equal(code, undefined)
  t.strictSame([client.successes, client.errors], [0, cases.length + 1])
})

t.test('credentials come from the environment at each request, and a token comes first', async (t) => {
  const { requests, client } = await serve(t)
  const sent = async (env: Partial<Record<(typeof credentials)[number], string>>) => {
    for (const name of credentials) delete process.env[name]
    Object.assign(process.env, env)
    await client.get('a', {})
    return requests.at(-1)?.authorization
  }
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  t.equal(await sent({}), undefined)
  t.equal(await sent({ MLFLOW_TRACKING_TOKEN: ' secret\n' }), 'Bearer secret')
  t.equal(await sent({ MLFLOW_TRACKING_USERNAME: 'me', MLFLOW_TRACKING_PASSWORD: 'pä' }), basic('me:pä'))
  t.equal(await sent({ MLFLOW_TRACKING_USERNAME: 'me' }), basic('me:'))
  t.equal(await sent({ MLFLOW_TRACKING_PASSWORD: 'p' }), undefined)
  t.equal(await sent({ MLFLOW_TRACKING_TOKEN: 't', MLFLOW_TRACKING_USERNAME: 'me' }), 'Bearer t')
  const error = await errorOf(sent({ MLFLOW_TRACKING_TOKEN: 'secr\u2026et' }))
  t.match(error, { isTransient: true, message: /MLFLOW_TRACKING_TOKEN has a character/ })
  t.notMatch(error.message, 'secr')
})

t.test('without a response, a retry may succeed', async (t) => {
  const { answer, client } = await serve(t, 50)
  answer.status = 0
  const message = 'cannot reach MLflow: no response within timeoutMs'
  t.match(await errorOf(client.get('a', {})), { isTransient: true, message })
  const gone = new MlflowClient('http://127.0.0.1:1', 1000)
  t.match(await errorOf(gone.get('a', {})), { isTransient: true, message: /^cannot reach MLflow: (?!fetch failed)/ })
})

t.test('abort ends the pending request, and all later ones', async (t) => {
  const { answer, requests, client } = await serve(t)
  answer.status = 0
  const pending = errorOf(client.get('a', {}))
  while (requests.length === 0) await new Promise(setImmediate)
  client.abort()
  t.ok((await pending) instanceof MlflowError)
  t.ok((await errorOf(client.get('b', {}))) instanceof MlflowError)
  t.equal(requests.length, 1)
})

t.test('only the text of a JSON object or list is parsed', async (t) => {
  for (const text of ['', '{', 'null', '1', '"a"', 'true']) t.equal(parseObject(text), undefined, text)
  t.strictSame(parseObject('{"a":1}'), { a: 1 })
})
