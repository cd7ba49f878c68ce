import { randomUUID } from 'node:crypto'
import type { OptionChecker } from 'pino-rank/sink'
import {
  folderOption,
  type MetricOptions,
  type MetricRank,
  type MetricSettings,
  metricKeys,
  metricRank,
  metricSettings,
  textOption,
} from 'pino-rank-metrics/options'
import type { RunHead } from './mlflow-format.ts'

/**
 * Options of `pino-mlflow`, all structured-cloneable. Credentials are not options: they come from the environment, as
 * MLFLOW_TRACKING_TOKEN, or as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.
 */
export interface MlflowOptions extends MetricOptions {
  /** The server, `http://…` or `https://…`. @default MLFLOW_TRACKING_URI */
  trackingUri?: string
  /** Name of the experiment, which is created if it does not exist. May have placeholders. @default MLFLOW_EXPERIMENT_NAME, or 'Default' */
  experiment?: string
  /** Name of the run. May have placeholders. @default MLflow chooses one */
  runName?: string
  /** Id of an existing run to continue. @default MLFLOW_RUN_ID, or a new run */
  runId?: string
  /** Tags of a new run. @default none */
  tags?: Record<string, string>
  /** Folder for records that still have to be sent. May have placeholders. @default 'mlflow-spool' */
  spool?: string
  /** Maximum time of one request, in ms. @default 10000 */
  timeoutMs?: number
  /** Maximum time that the end of a run waits for the server, in ms. pino itself waits 10 s for its worker. @default 5000 */
  endMs?: number
}

/** {@link MlflowOptions}, checked, with defaults filled in. */
export interface MlflowSettings extends MetricSettings {
  trackingUri: string
  head: Omit<RunHead, 'start'>
  spool: string
  timeoutMs: number
  endMs: number
}

/** The declaration of the sink. A rank that is gated out loads only this module, so it must not import anything that sends. */
export const rank: MetricRank<MlflowOptions, MlflowSettings> = metricRank({
  package: 'pino-mlflow',
  keys: ['trackingUri', 'experiment', 'runName', 'runId', 'tags', 'spool', 'timeoutMs', 'endMs', ...metricKeys],
  settings(check, options, rank, cwd) {
    const { MLFLOW_EXPERIMENT_NAME, MLFLOW_RUN_ID } = process.env
    const { experiment = MLFLOW_EXPERIMENT_NAME || 'Default', runId = MLFLOW_RUN_ID || undefined } = options
    const { runName, tags = {}, spool = 'mlflow-spool', timeoutMs = 10_000, endMs = 5000 } = options
    if (typeof tags !== 'object' || tags === null || Array.isArray(tags))
      throw check.invalid(
        'tags',
        'an object whose values are strings',
        Array.isArray(tags) ? 'a list' : `a value of type ${typeof tags}`,
      )
    for (const [name, tag] of Object.entries(tags))
      if (typeof tag !== 'string')
        throw check.invalid(`tags.${name}`, 'a string', `a value of type ${typeof tag}`, 'write its value as a string')
    return {
      trackingUri: trackingUriIn(check, options.trackingUri),
      head: {
        uuid: randomUUID(),
        experiment: textOption(check, 'experiment', experiment, rank),
        name: runName === undefined ? undefined : textOption(check, 'runName', runName, rank),
        runId: check.optionalText('runId', runId),
        tags,
      },
      spool: folderOption(check, 'spool', spool, rank, { cwd }),
      timeoutMs: check.timeMs('timeoutMs', timeoutMs),
      endMs: check.timeMs('endMs', endMs, 0),
      ...metricSettings(check, options),
    }
  },
  ownPlace(options) {
    const runId = options.runId ?? process.env.MLFLOW_RUN_ID
    if (!runId) return undefined // each rank creates a run of its own
    return {
      at: options.runId === undefined ? 'option "runId", or MLFLOW_RUN_ID' : 'option "runId"',
      template: String(runId),
      fix: 'omit it, so that each rank gets a run of its own, or let one rank write (ranks "0")',
    }
  },
  batchMs: () => 0, // records in the spool survive a SIGKILL
  exit: true,
})

/**
 * Returns the server's URI from this option, or from the environment. An error does not show any part of the URI that could be a
 * secret.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function trackingUriIn(check: OptionChecker, option?: string): string {
  const source: unknown = option ?? process.env.MLFLOW_TRACKING_URI
  const given = typeof source === 'string' ? asParsed(source) : source
  const where = option === undefined ? 'trackingUri, or MLFLOW_TRACKING_URI' : 'trackingUri'
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined
  const isOther = typeof given === 'string' && /^(?!https?:)[^:/?#@]+:\/\//i.test(given)
  // a password that contains a slash would become part of the path
  if (typeof given === 'string' && given.includes('@') && !isOther)
    throw check.invalid(
      where,
      'a URL without a user name and password',
      withoutSecrets(given),
      'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD instead',
    )
  if (!url || !/^https?:$/.test(url.protocol))
    throw check.invalid(
      where,
      'the URL of a server, http:// or https://',
      withoutSecrets(given),
      'write for example http://127.0.0.1:5000',
    )
  if (url.search || url.hash)
    throw check.invalid(
      where,
      'a URL that ends with the path',
      withoutSecrets(given),
      'remove the part from ? or # on; set a token as MLFLOW_TRACKING_TOKEN',
    )
  return given as string
}

/**
 * Returns a text as the URL parser reads it: without tabs and line ends, and without spaces and control characters at both ends.
 */
function asParsed(text: string): string {
  return text.replace(/[\t\n\r]/g, '').replace(/^[\0- ]+|[\0- ]+$/g, '')
}

/** Returns the origin of a tracking URI, for reports. The path is omitted, because it may contain a token. */
export function serverOf(trackingUri: string): string {
  return new URL(trackingUri).origin
}

/**
 * Returns the scheme of a URI, for errors, if `//` follows it. Without `//` the part before the colon may be a user name or a token,
 * and nothing of the text is shown.
 */
function withoutSecrets(given: unknown): unknown {
  if (given === undefined || given === 'databricks') return given
  if (typeof given !== 'string') return `a value of type ${typeof given}`
  const [scheme] = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.exec(given) ?? []
  return scheme ? `${scheme}…` : 'a string that is not a URL'
}
