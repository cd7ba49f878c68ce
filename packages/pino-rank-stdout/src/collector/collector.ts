import { randomBytes } from 'node:crypto'
import { OptionChecker, reportLine } from 'pino-rank/sink'
import { blocksOf, label, type Merged, merge } from 'pino-rank-merge'
import { CollectorSocket } from './collector-socket.ts'
import { fileIdOf, isPipe } from './file-id.ts'
import {
  maxWaitMs,
  type OutputOptions,
  type OutputSettings,
  outputOptionKeys,
  outputSettings,
} from './output-options.ts'
import { newSocketPath, socketEnv } from './socket-path.ts'
import { concatBlocks, tryWriteAll, writeChunks, writePieces } from './write-chunks.ts'

/** Options of {@link startCollector}. */
export interface CollectorOptions extends OutputOptions {
  /** The run key of the ranks. @default RANKLOG_RUN_ID, otherwise a random key, which ranks get from {@link Collector.env} */
  runKey?: string
  /** Restart count of the job. @default 0 */
  attempt?: number
  /** Maximum number of ranks on this host. @default 64 */
  ranks?: number
  /**
   * Maximum time that the first lines wait until all `ranks` have sent some, in ms. The rank that connects last may
   * have the oldest lines. @default 0
   */
  startWindowMs?: number
  /** True: only ranks with the token may send. They get it from {@link Collector.env}. @default true */
  token?: boolean
}

export interface CollectorStats {
  /** Lines written. */
  lines: number
  /** Lines that arrived after later lines were written. */
  late: number
  /** Ranks that died within a line. That line is not written. */
  unfinished: number
  /** Ranks that are connected. */
  connected: number
}

/** A merge numbers its sources with 16 bits. */
const maxRanks = 65_535
const check = new OptionChecker('pino-rank-stdout')
const optionKeys = ['runKey', 'attempt', 'ranks', 'startWindowMs', 'token', ...outputOptionKeys]

/** Merges the lines of the ranks of one host, and writes them to fd 1 in order; see {@link startCollector}. */
export class Collector {
  /** The variables with which ranks find this collector. Put them into the environment of the ranks. */
  readonly env: Record<string, string>
  readonly #socket: CollectorSocket
  readonly #lines: Merged
  readonly #written: Promise<void>

  constructor(socket: CollectorSocket, env: Record<string, string>, { reorderWindowMs, label }: OutputSettings) {
    this.#socket = socket
    this.env = env
    this.#lines = merge(socket.slots, { live: true, reorderWindowMs, reuse: true })
    this.#written = this.#write(label)
  }

  stats(): CollectorStats {
    const { lines, late } = this.#lines.stats()
    const { connected, unfinished } = this.#socket
    return { lines, late, unfinished, connected }
  }

  /** Ends the start window: writes the first lines without waiting for more ranks. */
  start(): void {
    this.#socket.start()
  }

  /** Waits until the ranks that are connected have ended, and all their lines are written. */
  async close(): Promise<void> {
    this.#socket.end()
    await this.#written
    this.#socket.destroy()
  }

  /** Closes without waiting for ranks to end. Writes the lines that have arrived. Ranks write their other lines themselves. */
  async closeNow(): Promise<void> {
    this.#socket.stopReading()
    await this.#written
    this.#socket.destroy(true)
  }

  async #write(template: string | undefined): Promise<void> {
    const names = this.#socket.names
    const write = isPipe(1) ? writePieces : tryWriteAll
    const chunks =
      template === undefined ? this.#lines : concatBlocks(label({ template, names })(blocksOf(this.#lines.batches())))
    try {
      await writeChunks(
        chunks,
        (chunk) => write(1, chunk),
        () => {
          const emittedBytes = this.#lines.emittedBytes()
          return (hasReader) => {
            if (hasReader) this.#socket.ackWritten(emittedBytes)
            else this.#socket.destroy() // the ranks then write to their own stdout
          }
        },
      )
    } catch (error) {
      this.#socket.destroy()
      reportLine(`pino-rank-stdout: the collector stops: ${(error as Error).message}; ranks write to their own stdout`)
    }
  }
}

/**
 * Starts a collector in this process, which is usually the one that starts the ranks. Ranks on this host that log to
 * `pino-rank-stdout` find it by the run key. It writes their lines to fd 1 of this process, merged in order. Give the
 * ranks its variables: `fork(program, { env: { ...process.env, ...collector.env } })`. The collector does not keep the
 * process alive, so `await collector.close()` when the ranks have ended.
 *
 * @throws {RankError} OPTION_UNKNOWN; OPTION_INVALID, also if there is a collector of this run
 */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const collector = await tryStartCollector(options)
  if (collector) return collector
  const fix = 'close the other collector, or give another run key'
  const runKey = options.runKey ?? process.env.RANKLOG_RUN_ID
  throw check.invalid('runKey', 'a run without a collector', runKey, fix)
}

/**
 * Same as {@link startCollector}, but returns undefined if there is a collector of this run.
 *
 * @param hasRankEnv false: ranks do not get the collector's `env`, so they find its socket only in a known folder
 */
export async function tryStartCollector(options: CollectorOptions, hasRankEnv = true): Promise<Collector | undefined> {
  check.rejectUnknownKeys(options, optionKeys)
  const {
    runKey = process.env.RANKLOG_RUN_ID ?? `run-${randomBytes(6).toString('hex')}`,
    attempt,
    ranks = 64,
    startWindowMs = 0,
  } = options
  check.wholeNumber('ranks', ranks, 1, maxRanks)
  check.wholeNumber('startWindowMs', startWindowMs, 0, maxWaitMs)
  const output = outputSettings(check, options)
  const token = options.token === false ? undefined : randomBytes(16).toString('hex')
  const out = fileIdOf(1)
  const socket = new CollectorSocket({
    ranks,
    startWindowMs,
    token,
    isOurs: (other) => other === out,
    warn: (text) => reportLine(`pino-rank-stdout: ${text}`),
  })
  const path = newSocketPath({ runKey, attempt }, process.env, hasRankEnv)
  if (!(await socket.listen(path))) return undefined
  const env: Record<string, string> = { RANKLOG_RUN_ID: runKey, ...socketEnv(path) }
  if (token !== undefined) env.RANKLOG_TOKEN = token
  return new Collector(socket, env, output)
}
