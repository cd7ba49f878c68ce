/** Thrown when a request to the MLflow server fails. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError'
  /** True if a retry may succeed: there was no response, the server has a fault, or it rejects the credentials. */
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
 * A client of MLflow's REST API. It reads the credentials from the environment at each request, because they may be renewed.
 * No error contains them.
 */
export class MlflowClient {
  readonly #uri: string
  readonly #timeoutMs: number
  readonly #abortController = new AbortController()
  /** Number of requests that succeeded. */
  successes = 0
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

  /** Uploads an artifact through the server, whose artifact URIs start with `mlflow-artifacts:`. @throws {MlflowError} */
  async putArtifact(path: string, bytes: Buffer): Promise<void> {
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    await this.#request('PUT', `/api/2.0/mlflow-artifacts/artifacts/${encoded}`, bytes, 'application/octet-stream')
  }

  /** Aborts the pending request. All further requests fail at once. */
  abort(): void {
    this.#abortController.abort()
  }

  async #request(
    method: string,
    path: string,
    body?: string | Buffer,
    type?: string,
  ): Promise<Record<string, unknown>> {
    try {
      const headers = { ...authorization(), ...(type && { 'content-type': type }) }
      const signal = AbortSignal.any([AbortSignal.timeout(this.#timeoutMs), this.#abortController.signal])
      const response = await fetch(this.#uri + path, { method, headers, body: body as string, signal }).catch(
        throwNoResponse,
      )
      const text = await response.text().catch(throwNoResponse)
      if (!response.ok) throw errorOf(response.status, text)
      this.successes++
      return parseObject(text) ?? {}
    } catch (error) {
      this.errors++
      throw error
    }
  }
}

/**
 * Returns the `authorization` header with the credentials of the environment; no header if there are none.
 *
 * @throws {MlflowError} if a header cannot contain the token, because the error of `fetch` would show the token. A retry may
 * succeed, because the token is read again.
 */
function authorization(): Record<string, string> {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD } = process.env
  if (token) {
    if (/^[\x20-\x7e]+$/.test(token.trim())) return { authorization: `Bearer ${token.trim()}` }
    throw new MlflowError(
      'MLFLOW_TRACKING_TOKEN has a character that an HTTP header cannot contain; set it again',
      true,
    )
  }
  const password = MLFLOW_TRACKING_PASSWORD ?? ''
  return user ? { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } : {}
}

/** Throws the error for a request without a response. The message of `fetch` is only "fetch failed"; its cause has the reason. */
function throwNoResponse(error: Error & { cause?: { message?: string; code?: string } }): never {
  const { message, code } = error.cause ?? {}
  const why = error.name === 'TimeoutError' ? 'no response within timeoutMs' : message || code || error.message
  throw new MlflowError(`cannot reach MLflow: ${why}`, true)
}

/**
 * Returns the error for a response with this HTTP status. A response that is not JSON, for example that of a proxy, is quoted.
 * Rejected credentials (401, 403) may be renewed later, so a retry may succeed.
 */
function errorOf(status: number, text: string): MlflowError {
  const { error_code: code, message } = (parseObject(text) ?? {}) as { error_code?: string; message?: string }
  const isTransient = [401, 403, 408, 429].includes(status) || status >= 500
  return new MlflowError(`MLflow responds with HTTP ${status}: ${(message ?? text).slice(0, 300)}`, isTransient, code)
}

/** Parses the text of a JSON object. Returns undefined if it is not JSON, or is a string, number, boolean or null. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
