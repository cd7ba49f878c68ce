import { rmSync } from 'node:fs'
import { MlflowClient } from './mlflow-client.ts'
import { trackingUriIn } from './mlflow-options.ts'
import { RemoteRun } from './remote-run.ts'
import { leftSpools, readSpool } from './spool.ts'

/** Sends what a spool holds, and removes it. @throws {MlflowError} where the server does not take it: then it stays */
export async function resendSpool(path: string, client: MlflowClient, refused: (what: string) => void): Promise<void> {
  const spool = readSpool(path)
  if (spool) {
    const { head, parts } = spool
    // it may be on the server already: the process that made this spool may have asked for it
    const remote = new RemoteRun(client, head, refused, true)
    for (const part of parts) await remote.send(part)
  }
  rmSync(path, { force: true })
}

export interface ResendOptions {
  /** @default MLFLOW_TRACKING_URI */
  trackingUri?: string
  /** Longest time that one request may take, in ms. @default 10000 */
  timeoutMs?: number
  /** Takes what the server will never take, a line each. @default stderr */
  report?: (line: string) => void
}

/**
 * Sends what runs could not tell their server, from the folder that was their `spool`; those of processes that still
 * live on this host are left to them. Returns the number of runs that were sent.
 *
 * @throws {MlflowError} at the first that the server does not take now
 */
export async function resend(folder: string, options: ResendOptions = {}): Promise<number> {
  const { trackingUri, timeoutMs = 10_000, report = (line: string) => process.stderr.write(`${line}\n`) } = options
  const client = new MlflowClient(trackingUriIn(trackingUri), timeoutMs)
  const spools = leftSpools(folder, true)
  for (const path of spools) await resendSpool(path, client, (what) => report(`pino-mlflow: ${path}: ${what}`))
  return spools.length
}
