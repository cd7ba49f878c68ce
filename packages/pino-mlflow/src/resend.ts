import { absolutePath, OptionChecker, reportLine } from 'pino-rank/sink'
import { MlflowClient, MlflowError } from './mlflow-client.ts'
import { trackingUriIn } from './rank.ts'
import { resendSpool } from './run-spool.ts'
import { SpoolFolder } from './spool/index.ts'

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
 * @throws the first refusal, after all other spools were tried. If the server is unavailable, it throws at once.
 */
export async function resend(folder: string, options: ResendOptions = {}): Promise<number> {
  const { trackingUri, timeoutMs = 10_000, report = reportLine } = options
  const client = new MlflowClient(trackingUriIn(check, trackingUri), check.timeMs('timeoutMs', timeoutMs))
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
