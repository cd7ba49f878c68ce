import { absolutePath, OptionChecker, reportLine } from 'pino-rank/sink'
import { MlflowClient, MlflowError } from './mlflow-client.ts'
import { RemoteRun } from './remote-run.ts'
import type { RunHead, RunPart } from './run-part.ts'
import { type SpoolFile, SpoolFolder } from './spool/index.ts'
import { trackingUriIn } from './tracking-uri.ts'

/**
 * Sends what a spool holds, and removes it.
 *
 * @throws {MlflowError} if the server refuses it; the spool is then free for the next attempt
 */
export async function resendSpool(
  file: SpoolFile,
  client: MlflowClient,
  refused: (what: string) => void,
): Promise<void> {
  try {
    let remote: RemoteRun | undefined
    for (const { text } of file.lines()) {
      const line = objectIn(text)
      if (!remote) {
        if (!line || !('uuid' in line))
          throw new MlflowError(`the first line of ${file.path} does not name a run`, false)
        // the run may be on the server already, because the process that created this spool may have asked for it
        remote = new RemoteRun(client, line as RunHead, refused, true)
      } else if (line) await remote.send(line as RunPart)
      else refused('a damaged line of the spool')
    }
    await remote?.removeTwins()
    file.remove()
  } catch (error) {
    file.release()
    throw error
  }
}

const check = new OptionChecker('pino-mlflow')

export interface ResendOptions {
  /** @default MLFLOW_TRACKING_URI */
  trackingUri?: string
  /** Longest time that one request may take, in ms. @default 10000 */
  timeoutMs?: number
  /** Receives one line for each value that the server will never accept and each spool that is left in place. @default stderr */
  report?: (line: string) => void
}

/**
 * Sends what runs could not send to their server, from the folder that was their `spool`. It leaves spools of other users and of
 * processes that are, or may be, alive. Several processes may do this at once: each spool is sent by one. Returns the number of
 * runs that were sent.
 *
 * @throws {MlflowError} the first refusal, after all other spools were tried. If the server is unavailable, it throws at once.
 */
export async function resend(folder: string, options: ResendOptions = {}): Promise<number> {
  const { trackingUri, timeoutMs = 10_000, report = reportLine } = options
  const client = new MlflowClient(trackingUriIn(trackingUri), check.wholeNumber('timeoutMs', timeoutMs, 1, 2 ** 31 - 1))
  const onSkip = (path: string, why: string) => report(`pino-mlflow: ${path}: ${why}`)
  let sent = 0
  let refusal: unknown
  for (const file of new SpoolFolder(absolutePath(folder), { onSkip }).claimLeft()) {
    try {
      await resendSpool(file, client, (what) => report(`pino-mlflow: ${file.path}: ${what}`))
      sent++
    } catch (error) {
      if (!(error instanceof MlflowError) || error.passing) throw error
      refusal ??= error
    }
  }
  if (refusal) throw refusal
  return sent
}

function objectIn(text: string): object | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined // a partial line: the disk failed, or the machine lost power
  }
}
