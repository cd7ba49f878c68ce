import type { Cluster } from 'node:cluster'
import { isMainThread } from 'node:worker_threads'
import type { LineSink } from 'pino-rank-lines'

const newline = 10

/** What a {@link Pm2Sink} writes to. */
export interface TextStream {
  write(text: string): unknown
}

/**
 * Returns the stdout of a worker in PM2's cluster mode. Undefined in all other processes. Such a worker has fd 1 of
 * PM2's daemon. PM2 replaces its `process.stdout.write`, which then writes to the app's log file and to `pm2 logs`
 * (lib/ProcessContainer.js).
 */
export function pm2Stdout(): TextStream | undefined {
  const { pm_id, exec_mode } = process.env
  if (pm_id === undefined || exec_mode !== 'cluster_mode') return undefined
  if (!isMainThread) return process.stdout // a worker thread's stdout is forwarded to the main thread
  return isClusterWorker() && Object.hasOwn(process.stdout, 'write') ? process.stdout : undefined
}

/**
 * Reports whether this is a PM2 worker itself. A child process of a worker has the same variables, and must not touch
 * `process.stdout`: see StdoutSink.
 */
function isClusterWorker(): boolean {
  return process.connected && (process.getBuiltinModule('node:cluster') as unknown as Cluster).isWorker
}

/** Writes to PM2's stdout, one line with each call, because PM2 may add a date to each call or turn it into JSON. */
export class Pm2Sink implements LineSink {
  readonly #stdout: TextStream

  constructor(stdout: TextStream) {
    this.#stdout = stdout
  }

  write(lines: Buffer): number {
    const length = lines.indexOf(newline) + 1 || lines.length
    this.#stdout.write(lines.toString('utf8', 0, length))
    return length
  }

  close(): void {} // stdout belongs to the process
}
