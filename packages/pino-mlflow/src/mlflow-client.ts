/** What the server, or the way to it, has against a request. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError'
  /** Another attempt may do better: nobody answered, or the server is at its limit. */
  readonly passing: boolean
  /** MLflow's `error_code`, e.g. `RESOURCE_DOES_NOT_EXIST`. */
  readonly code: string | undefined

  constructor(message: string, passing: boolean, code?: string, options?: ErrorOptions) {
    super(message, options)
    this.passing = passing
    this.code = code
  }
}

/** MLflow's REST API. Who asks is in the environment alone, read at each request, and is in no error. */
export class MlflowClient {
  readonly #uri: string
  readonly #timeoutMs: number
  readonly #aborted = new AbortController()
  /** Requests that were answered well, and that were not. */
  requests = 0
  errors = 0

  constructor(uri: string, timeoutMs: number) {
    this.#uri = uri.replace(/\/+$/, '')
    this.#timeoutMs = timeoutMs
  }

  /** @throws {MlflowError} */
  async get(path: string, query: Record<string, string>): Promise<Record<string, unknown>> {
    return this.#ask('GET', `/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`)
  }

  /** @throws {MlflowError} */
  async post(path: string, body: object): Promise<Record<string, unknown>> {
    return this.#ask('POST', `/api/2.0/mlflow/${path}`, JSON.stringify(body), 'application/json')
  }

  /** Puts an artifact where a server keeps them itself. @throws {MlflowError} */
  async putArtifact(path: string, bytes: Buffer): Promise<void> {
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    await this.#ask('PUT', `/api/2.0/mlflow-artifacts/artifacts/${encoded}`, bytes, 'application/octet-stream')
  }

  /** Aborts the pending request and refuses all further ones. */
  abort(): void {
    this.#aborted.abort()
  }

  async #ask(method: string, path: string, body?: string | Buffer, type?: string): Promise<Record<string, unknown>> {
    try {
      const headers = { ...authorization(), ...(type && { 'content-type': type }) }
      const signal = AbortSignal.any([AbortSignal.timeout(this.#timeoutMs), this.#aborted.signal])
      const answer = await fetch(this.#uri + path, { method, headers, body: body as string, signal }).catch(
        throwUnanswered,
      )
      const text = await answer.text().catch(throwUnanswered)
      if (!answer.ok) throw refusalOf(answer.status, text)
      this.requests++
      return parseObject(text) ?? {}
    } catch (error) {
      this.errors++
      throw error
    }
  }
}

/** @throws {MlflowError} for a value that a header cannot contain, because the error of fetch(3) would show it */
function authorization(): Record<string, string> {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: word } = process.env
  if (token) {
    if (/^[\x20-\x7e]+$/.test(token.trim())) return { authorization: `Bearer ${token.trim()}` }
    throw new MlflowError('MLFLOW_TRACKING_TOKEN has a character that an HTTP header cannot hold; set it again', true)
  }
  return user ? { authorization: `Basic ${Buffer.from(`${user}:${word ?? ''}`).toString('base64')}` } : {}
}

function throwUnanswered(error: Error & { cause?: { message?: string; code?: string } }): never {
  const { message, code } = error.cause ?? {}
  const why = error.name === 'TimeoutError' ? 'no answer in time' : message || code || error.message
  throw new MlflowError(`MLflow is not reached: ${why}`, true)
}

/**
 * Returns the error for a refusal. A response that is not MLflow's own is a proxy's. Refused credentials may be renewed later.
 */
function refusalOf(status: number, text: string): MlflowError {
  const { error_code: code, message } = (parseObject(text) ?? {}) as { error_code?: string; message?: string }
  const passing = [401, 403, 408, 429].includes(status) || status >= 500
  return new MlflowError(`MLflow answers ${status}: ${(message ?? text).slice(0, 300)}`, passing, code)
}

/** Returns the object that a JSON text is. Undefined if it is anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
