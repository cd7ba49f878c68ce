import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

/** A run on the server. */
export interface UploadedRun {
  /** The last value of each variable of `upsertBucket`. */
  facts: Record<string, unknown>
  rows: Record<string, unknown>[]
  summary: Record<string, unknown>
  output: string[]
  complete: boolean
  exitCode: number | undefined
}

interface Query {
  query: string
  variables: Record<string, unknown>
}

interface Stream {
  files?: Record<string, { offset: number; content: string[] }>
  complete?: boolean
  exitcode?: number
}

/**
 * The part of W&B's server that `wandb sync` of client 0.31 uses: GraphQL, the file stream and uploads. It stores everything
 * that the real client sends.
 */
export class WandbServer {
  readonly runs: Map<string, UploadedRun> = new Map()
  readonly files: Map<string, Buffer> = new Map()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<WandbServer> {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return new WandbServer(server)
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await once(this.#server.close(), 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await buffer(request)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    const { pathname } = new URL(request.url as string, this.uri)
    const [, streamed] = /^\/files\/[^/]+\/[^/]+\/([^/]+)\/file_stream$/.exec(pathname) ?? []
    let answer: object = {}
    if (pathname === '/graphql') answer = { data: this.#ask(JSON.parse(String(body))) }
    else if (streamed) this.#take(streamed, JSON.parse(String(body)))
    else if (pathname.startsWith('/put/')) this.files.set(decodeURIComponent(pathname.slice(5)), body)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #ask({ query, variables }: Query): object {
    if (/upsertBucket/.test(query)) return { upsertBucket: this.#upsert(variables) }
    if (/createRunFiles/.test(query)) {
      const files = (variables.files as string[]).map((name) => {
        return { name, uploadUrl: `${this.uri}/put/${encodeURIComponent(name)}` }
      })
      return { createRunFiles: { runID: 'UnVuOmlk', uploadHeaders: [], files } }
    }
    if (/RunResumeStatus/.test(query)) return { model: { ...project, bucket: this.#resumed(String(variables.name)) } }
    if (/serverInfo/i.test(query) && /features/.test(query)) return { serverInfo: { features: [] } }
    if (/viewer/.test(query)) return { viewer, serverInfo: { cliVersionInfo: {}, latestLocalVersionInfo: null } }
    if (/__type|__schema/.test(query)) return schema
    return /bucket/.test(query) ? { model: { bucket: null }, project: null } : {}
  }

  #upsert(variables: Record<string, unknown>): object {
    const name = String(variables.name)
    const known = this.runs.get(name)
    const run = known ?? { facts: {}, rows: [], summary: {}, output: [], complete: false, exitCode: undefined }
    const given = Object.entries(variables).filter(([, value]) => value !== null)
    Object.assign(run.facts, Object.fromEntries(given))
    this.runs.set(name, run)
    const bucket = { id: 'UnVuOmlk', name, displayName: variables.displayName ?? name, description: '', config: '{}' }
    return { bucket: { ...bucket, sweepName: null, historyLineCount: run.rows.length, project }, inserted: !known }
  }

  #resumed(name: string): object | null {
    const run = this.runs.get(name)
    if (!run) return null
    const counts = { historyLineCount: run.rows.length, logLineCount: 0, eventsLineCount: 0 }
    const tails = {
      historyTail: JSON.stringify(run.rows.slice(-1).map((row) => JSON.stringify(row))),
      eventsTail: '[]',
      tags: [],
      wandbConfig: '{"t":1}',
    }
    const summaryMetrics = JSON.stringify({ _step: run.rows.length - 1 })
    return { id: 'UnVuOmlk', name, displayName: null, config: '{}', summaryMetrics, ...counts, ...tails }
  }

  #take(name: string, { files = {}, complete, exitcode }: Stream): void {
    const run = this.runs.get(name) as UploadedRun
    const { 'wandb-history.jsonl': rows, 'wandb-summary.json': summary, 'output.log': output } = files
    rows?.content.forEach((row, at) => {
      run.rows[rows.offset + at] = parsed(row)
    })
    if (summary) Object.assign(run.summary, parsed(summary.content.at(-1) as string))
    output?.content.forEach((line, at) => {
      run.output[output.offset + at] = line
    })
    if (complete) Object.assign(run, { complete, exitCode: exitcode })
  }
}

const project = { id: 'UHJvamVjdDox', name: 'digits', entity: { id: 'RW50aXR5OjE=', name: 'team' } }
const viewer = { id: 'VXNlcjox', entity: 'team', username: 'u', flags: '{}', teams: { edges: [] } }
const schema = { __type: null, QueryType: { fields: [] }, MutationType: { fields: [] }, ServerInfoType: { fields: [] }, TypeInfo: null } // biome-ignore format: a line

/** Parses JSON of the client, in which NaN and infinities have no quotes. They become texts. */
export function parsed(text: string): Record<string, unknown> {
  return JSON.parse(text.replace(/(?<=[:,[]\s*)(-?Infinity|NaN)(?=[,}\]])/g, '"$1"'))
}
