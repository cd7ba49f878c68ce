import { absolutePath, OptionChecker, reportLine } from 'pino-rank/sink'
import { type SpoolFile, SpoolFolder, type SpoolLine } from 'pino-rank-lines/spool'
import { MlflowClient, MlflowError, parseObject } from './mlflow-client.ts'
import { type RunHead, spoolPrefix } from './mlflow-format.ts'
import { trackingUriIn } from './rank.ts'
import { RunSender } from './run-sender.ts'

/**
 * Sends the spools of processes that have ended, from a folder. Returns the number of spools that were sent.
 *
 * @param onClaim called with each spool before it is sent
 * @throws {MlflowError} If the server rejects a spool, the first such error, after all other spools were tried. If the server is
 * unavailable (`isTransient`), the error is thrown at once.
 */
export async function sendSpools(
  folder: SpoolFolder,
  client: MlflowClient,
  report: (path: string, what: string) => void,
  onClaim: (file: SpoolFile) => void = () => {},
): Promise<number> {
  let sent = 0
  let rejection: MlflowError | undefined
  for (const file of folder.claimOrphaned()) {
    onClaim(file)
    try {
      await sendSpool(file, client, (what) => report(file.path, what))
      file.remove()
      sent++
    } catch (error) {
      file.release()
      if (!(error instanceof MlflowError) || error.isTransient) throw error
      rejection ??= error
    }
  }
  if (rejection) throw rejection
  return sent
}

async function sendSpool(file: SpoolFile, client: MlflowClient, onRejected: (what: string) => void): Promise<void> {
  const lines = file.lines()
  try {
    const first: SpoolLine | undefined = lines.next().value
    if (!first) return
    const head = parseObject(first.text)
    if (!head || !('uuid' in head)) throw new MlflowError(`no run is named in the first line of ${file.path}`, false)
    // the run may be on the server already, because the process that wrote this spool may have created it
    const sender = new RunSender(client, head as object as RunHead, onRejected, true)
    await sender.send(lines)
    await sender.deleteDuplicates()
  } finally {
    lines.return(undefined) // closes the file
  }
}

export interface ResendOptions {
  /** The server, `http://…` or `https://…`. @default MLFLOW_TRACKING_URI */
  trackingUri?: string
  /** Maximum time of one request, in ms. @default 10000 */
  timeoutMs?: number
  /** Called with one line for each value that the server rejects, and for each spool that is not sent. @default writes to stderr */
  report?: (line: string) => void
}

/**
 * Sends the records that earlier runs could not send. `folder` is the option `spool` of those runs. It skips spools of other users, and of
 * processes that are or may be alive. Several processes may call it at once: each spool is sent by one. Returns the number of spools
 * that were sent.
 *
 * @throws {MlflowError} the first rejection by the server, after all other spools were tried; at once if the server is unavailable
 */
export async function resend(folder: string, options: ResendOptions = {}): Promise<number> {
  const check = new OptionChecker('pino-mlflow')
  const { trackingUri, timeoutMs = 10_000, report = reportLine } = options
  const client = new MlflowClient(trackingUriIn(check, trackingUri), check.timeMs('timeoutMs', timeoutMs))
  const onReport = (path: string, what: string) => report(`pino-mlflow: ${path}: ${what}`)
  return sendSpools(new SpoolFolder(absolutePath(folder), { prefix: spoolPrefix, onSkip: onReport }), client, onReport)
}
