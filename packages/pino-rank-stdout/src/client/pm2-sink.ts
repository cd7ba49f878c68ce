import type { Cluster } from 'node:cluster'
import { isMainThread } from 'node:worker_threads'
import type { LineSink } from 'pino-rank-lines'

const newline = 10

/** What a {@link Pm2Sink} writes to. */
export interface TextStream {
  write(text: string): unknown
}

/**
 * Returns the stdout of a worker of PM2's cluster mode; undefined in all other processes. Such a worker has the fd 1 of PM2's daemon.
 * PM2 replaces `process.stdout.write`, which writes to the app's log file and to `pm2 logs` (lib/ProcessContainer.js).
 */
export function pm2Stdout(): TextStream | undefined {
  const { pm_id, exec_mode } = process.env
  if (pm_id === undefined || exec_mode !== 'cluster_mode') return undefined
  if (!isMainThread) return process.stdout // it leads to the main thread's
  return isClusterWorker() && Object.hasOwn(process.stdout, 'write') ? process.stdout : undefined
}

/** A child process of a worker has the worker's variables. Its `process.stdout` must not be touched: see StdoutSink. */
function isClusterWorker(): boolean {
  return process.connected && (process.getBuiltinModule('node:cluster') as unknown as Cluster).isWorker
}

/** PM2's stdout. It gets one line with each call, as of any program, because PM2 may add a date to each, or make JSON of it. */
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

  close(): void {} // stdout is the process's
}
