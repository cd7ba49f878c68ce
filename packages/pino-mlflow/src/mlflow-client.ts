/** A request to the server that failed. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError'
  /** True if a retry may succeed: there was no response, the server is overloaded, or it rejects the credentials. */
  readonly isTransient: boolean
  /** MLflow's `error_code`, e.g. `RESOURCE_DOES_NOT_EXIST`. */
  readonly code: string | undefined

  constructor(message: string, isTransient: boolean, code?: string, options?: ErrorOptions) {
    super(message, options)
    this.isTransient = isTransient
    this.code = code
  }
}

/**
 * A client of MLflow's REST API. It reads the credentials from the environment at each request, and no error contains them.
 */
export class MlflowClient {
  readonly #uri: string
  readonly #timeoutMs: number
  readonly #aborted = new AbortController()
  /** Number of requests that succeeded. */
  requests = 0
  /** Number of requests that failed. */
  errors = 0

  constructor(uri: string, timeoutMs: number) {
    this.#uri = uri.replace(/\/+$/, '')
    this.#timeoutMs = timeoutMs
  }

  /** Sends a GET request. Returns the response's JSON object. @throws {MlflowError} */
  async get(path: string, query: Record<string, string>): Promise<Record<string, unknown>> {
    return this.#request('GET', `/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`)
  }

  /** Sends a POST request. Returns the response's JSON object. @throws {MlflowError} */
  async post(path: string, body: object): Promise<Record<string, unknown>> {
    return this.#request('POST', `/api/2.0/mlflow/${path}`, JSON.stringify(body), 'application/json')
  }

  /** Uploads an artifact to a server that stores artifacts itself. @throws {MlflowError} */
  async putArtifact(path: string, bytes: Buffer): Promise<void> {
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    await this.#request('PUT', `/api/2.0/mlflow-artifacts/artifacts/${encoded}`, bytes, 'application/octet-stream')
  }

  /** Aborts the pending request and refuses all further ones. */
  abort(): void {
    this.#aborted.abort()
  }

  async #request(
    method: string,
    path: string,
    body?: string | Buffer,
    type?: string,
  ): Promise<Record<string, unknown>> {
    try {
      const headers = { ...authorization(), ...(type && { 'content-type': type }) }
      const signal = AbortSignal.any([AbortSignal.timeout(this.#timeoutMs), this.#aborted.signal])
      const response = await fetch(this.#uri + path, { method, headers, body: body as string, signal }).catch(
        throwNoResponse,
      )
      const text = await response.text().catch(throwNoResponse)
      if (!response.ok) throw errorOf(response.status, text)
      this.requests++
      return parseObject(text) ?? {}
    } catch (error) {
      this.errors++
      throw error
    }
  }
}

/**
 * Returns the header with the credentials of the environment.
 *
 * @throws {MlflowError} for a token that a header cannot contain. The error of `fetch` would show the token.
 */
function authorization(): Record<string, string> {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: word } = process.env
  if (token) {
    if (/^[\x20-\x7e]+$/.test(token.trim())) return { authorization: `Bearer ${token.trim()}` }
    throw new MlflowError(
      'MLFLOW_TRACKING_TOKEN has a character that an HTTP header cannot contain; set it again',
      true,
    )
  }
  return user ? { authorization: `Basic ${Buffer.from(`${user}:${word ?? ''}`).toString('base64')}` } : {}
}

function throwNoResponse(error: Error & { cause?: { message?: string; code?: string } }): never {
  const { message, code } = error.cause ?? {}
  const why = error.name === 'TimeoutError' ? 'no response within timeoutMs' : message || code || error.message
  throw new MlflowError(`cannot reach MLflow: ${why}`, true)
}

/**
 * Returns the error for a response with this HTTP status. A response that is not JSON comes from a proxy. Rejected credentials may be
 * renewed later, so a retry may succeed.
 */
function errorOf(status: number, text: string): MlflowError {
  const { error_code: code, message } = (parseObject(text) ?? {}) as { error_code?: string; message?: string }
  const isTransient = [401, 403, 408, 429].includes(status) || status >= 500
  return new MlflowError(`MLflow responds with HTTP ${status}: ${(message ?? text).slice(0, 300)}`, isTransient, code)
}

/** Parses a JSON text. Returns undefined if it is not a JSON object. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
