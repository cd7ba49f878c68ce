import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { posix } from 'node:path'
import { buffer } from 'node:stream/consumers'

interface RemoteRunState {
  id: string
  name: string
  status: string
  tags: Record<string, string>
  metrics: { key: string; value: number | string; timestamp: number; step: number }[]
  params: Record<string, string>
  /** The metrics, as JSON: a repeated one is ignored. */
  known: Set<string>
}

/** How the server responds: as MLflow, by closing the connection, with an HTTP status, or after a promise resolves. */
export type ResponseMode = 'normal' | 'disconnect' | number | Promise<void>

/**
 * An HTTP server with the part of MLflow's REST API that pino-mlflow uses. Its limits and errors are those of MLflow 3:
 * a parameter cannot change, and a repeated batch is no error. Its faults are real faults of a connection.
 */
export class MlflowServer {
  responseMode: ResponseMode = 'normal'
  /** The server executes the next call of this name, and closes the connection instead of answering. */
  swallow: string | undefined
  /** The next call of this name gets no answer, and is executed after the next `runs/create`. */
  late: string | undefined
  #deferred: (() => void) | undefined
  readonly runs: Map<string, RemoteRunState> = new Map()
  readonly artifacts: Map<string, Buffer> = new Map()
  readonly requests: { path: string; authorization: string | undefined }[] = []
  readonly #server: Server
  #created = 0
  readonly #experiments = new Map([['Default', '0']])

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  static async start(port = 0): Promise<MlflowServer> {
    const server = createServer()
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return new MlflowServer(server)
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await once(this.#server.close(), 'close')
  }

  /** Resolves at the next request. */
  async nextRequest(): Promise<void> {
    await once(this.#server, 'request')
  }

  get run(): RemoteRunState {
    const [run] = this.runs.values()
    if (!run || this.runs.size > 1) throw new Error(`${this.runs.size} runs`)
    return run
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url as string, this.uri)
    this.requests.push({ path: pathname, authorization: request.headers.authorization })
    const body = await buffer(request)
    const responseMode = this.responseMode
    if (responseMode === 'disconnect') return void request.socket.destroy()
    if (typeof responseMode === 'number') return void response.writeHead(responseMode).end('<html>proxy</html>')
    if (responseMode !== 'normal') await responseMode
    if (this.late !== undefined && pathname.endsWith(this.late)) {
      this.late = undefined
      this.#deferred = () => this.#call(pathname, searchParams, body)
      return void request.socket.destroy()
    }
    const [, artifact] = /mlflow-artifacts\/artifacts\/(.+)$/.exec(pathname) ?? []
    const [status, answer] = artifact ? this.#keep(artifact, body) : this.#call(pathname, searchParams, body)
    if (pathname.endsWith('runs/create')) this.#deferred?.()
    if (this.swallow !== undefined && pathname.endsWith(this.swallow)) {
      this.swallow = undefined
      return void request.socket.destroy()
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #keep(artifact: string, body: Buffer): [number, object] {
    this.artifacts.set(decodeURIComponent(artifact), body)
    return [200, {}]
  }

  #call(path: string, query: URLSearchParams, body: Buffer): [number, object] {
    const given = body.length > 0 ? JSON.parse(String(body)) : Object.fromEntries(query)
    const call = path.replace('/api/2.0/mlflow/', '')
    const run = this.runs.get(given.run_id)
    if (call === 'experiments/get-by-name') {
      const experiment_id = this.#experiments.get(given.experiment_name)
      return experiment_id ? [200, { experiment: { experiment_id } }] : refusal(404, 'RESOURCE_DOES_NOT_EXIST')
    }
    if (call === 'experiments/create') {
      const experiment_id = String(this.#experiments.size)
      this.#experiments.set(given.name, experiment_id)
      return [200, { experiment_id }]
    }
    if (call === 'runs/create') return [200, { run: answerOf(this.#create(given)) }]
    if (call === 'runs/search') {
      const [, key, value] = /tags\.`(.+)` = '(.+)'/.exec(given.filter) ?? []
      return [200, { runs: [...this.runs.values()].filter(({ tags }) => tags[key as string] === value).map(answerOf) }]
    }
    if (!run) return refusal(404, 'RESOURCE_DOES_NOT_EXIST')
    if (call === 'runs/delete') {
      this.runs.delete(run.id)
      return [200, {}]
    }
    if (call === 'runs/get') return [200, { run: answerOf(run) }]
    if (call === 'runs/update') {
      run.status = given.status
      return [200, {}]
    }
    return call === 'runs/log-batch' ? log(run, given) : refusal(404, 'ENDPOINT_NOT_FOUND')
  }

  #create(given: { run_name?: string; tags: { key: string; value: string }[] }): RemoteRunState {
    const id = `run${this.#created++}`
    const tags = Object.fromEntries(given.tags.map(({ key, value }) => [key, value]))
    const run = {
      id,
      name: given.run_name ?? 'made-up',
      status: 'RUNNING',
      tags,
      metrics: [],
      params: {},
      known: new Set<string>(),
    }
    this.runs.set(id, run)
    return run
  }
}

function answerOf({ id, metrics, params }: RemoteRunState): object {
  const data = { metrics, params: Object.entries(params).map(([key, value]) => ({ key, value })) }
  return { info: { run_id: id, artifact_uri: `mlflow-artifacts:/0/${id}/artifacts` }, data }
}

function refusal(status: number, error_code: string): [number, object] {
  return [status, { error_code, message: error_code }]
}

interface Batch {
  metrics?: RemoteRunState['metrics']
  params?: { key: string; value: string }[]
}

function log(run: RemoteRunState, { metrics = [], params = [] }: Batch): [number, object] {
  const keys = [...metrics, ...params].map(({ key }) => key)
  const bad = !keys.every(
    (key) =>
      /^[\p{L}\p{N}_\-.: /]{1,250}$/u.test(key) && posix.normalize(key) === key && !/^\.\.|^\.?\/|\/$|^\.$/.test(key),
  )
  const changed = params.some(({ key, value }) => Object.hasOwn(run.params, key) && run.params[key] !== value)
  if (bad || changed || metrics.length > 1000 || params.length > 100) return refusal(400, 'INVALID_PARAMETER_VALUE')
  for (const metric of metrics) {
    const text = JSON.stringify(metric)
    if (!run.known.has(text)) run.metrics.push(metric)
    run.known.add(text)
  }
  for (const { key, value } of params) run.params[key] = value
  return [200, {}]
}
