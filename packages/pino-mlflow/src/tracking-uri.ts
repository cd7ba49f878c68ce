import { OptionChecker } from 'pino-rank/sink'

const check = new OptionChecker('pino-mlflow')

/**
 * Returns the server's URI from this option, or from the environment. An error shows a refused URI without anything that could be
 * a secret.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function trackingUriIn(option?: string): string {
  const source: unknown = option ?? process.env.MLFLOW_TRACKING_URI
  const given = typeof source === 'string' ? asParsed(source) : source
  const where = option === undefined ? 'trackingUri, or MLFLOW_TRACKING_URI' : 'trackingUri'
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined
  const isOther = typeof given === 'string' && /^(?!https?:)[^:/?#@]+:\/\//i.test(given)
  // a password that contains a slash would become part of the path
  if (typeof given === 'string' && given.includes('@') && !isOther)
    throw check.invalid(
      where,
      'a URL without a name and a password',
      withoutSecrets(given),
      'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
    )
  if (!url || !/^https?:$/.test(url.protocol))
    throw check.invalid(
      where,
      'the URL of a server, http:// or https://',
      withoutSecrets(given),
      'give it, e.g. http://127.0.0.1:5000',
    )
  if (url.search || url.hash)
    throw check.invalid(
      where,
      'a URL that ends with the path',
      withoutSecrets(given),
      'leave out what begins with ? or #; a token belongs into MLFLOW_TRACKING_TOKEN',
    )
  return given as string
}

/**
 * Returns the text as the URL parser reads it: without spaces and control characters around it, and without tabs and line ends.
 */
function asParsed(text: string): string {
  return text.replace(/[\t\n\r]/g, '').replace(/^[\0- ]+|[\0- ]+$/g, '')
}

/** Returns the server of a tracking URI, for reports. The path is left out, because it may contain a token. */
export function serverOf(trackingUri: string): string {
  return new URL(trackingUri).origin
}

/**
 * Returns at most the scheme of a text that may be a URI. Without `//` the part before the colon may be a user name or a token.
 */
function withoutSecrets(given: unknown): unknown {
  if (given === undefined || given === 'databricks') return given
  if (typeof given !== 'string') return `a value of type ${typeof given}`
  const [scheme] = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.exec(given) ?? []
  return scheme ? `${scheme}…` : 'a text that is no URL'
}
