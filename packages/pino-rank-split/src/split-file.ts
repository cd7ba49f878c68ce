import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { exitCode } from 'pino-rank/process'
import { type ResolvedRank, reportLine } from 'pino-rank/sink'
import { type AppendFile, type lightSink, rotatedFiles } from 'pino-rank-file/append'
import type { LineSink, WriterStats } from 'pino-rank-lines'
import { replaceFile } from 'pino-rank-lines/system'
import { type ManifestWriter, manifestOwner, manifestWriter } from './manifest-owner.ts'
import { type Manifest, readManifest } from './read-manifests.ts'
import type { SplitSettings } from './split-options.ts'

/** How often the manifest is written while lines come, in ms. */
const manifestEveryMs = 10_000

type Counts = Omit<WriterStats, 'flushes'>

const zeroCounts: Counts = { lines: 0, bytes: 0, drops: 0, errors: 0 }

/**
 * The file of one rank, with its manifest. The manifest is written with the first line, after a rotation, regularly
 * while lines come, and after the last line. A process does not write a manifest that belongs to another process.
 */
export class SplitFile implements LineSink {
  readonly #settings: SplitSettings
  readonly #rank: ResolvedRank
  readonly #file: AppendFile
  #writer: ManifestWriter | undefined
  #startedAt: string | undefined
  /** When the manifest was written, in ms of the monotonic clock. */
  #writtenAt = Number.NEGATIVE_INFINITY
  /** The counts of this writer that the manifest contains. */
  #manifestCounts = zeroCounts
  #hasReported = false
  /** True if the manifest belongs to another process: this one is a helper of the rank, or is of an earlier run. */
  #isOwnedByOther = false

  /**
   * @param makeSink creates the file sink
   * @param writer this process, with its present ancestors. @default determined at the first line, to save memory in a
   *   rank that may never write
   */
  constructor(settings: SplitSettings, rank: ResolvedRank, makeSink: typeof lightSink, writer?: ManifestWriter) {
    this.#settings = settings
    this.#rank = rank
    this.#writer = writer
    this.#file = makeSink(settings, () => {
      this.#writtenAt = Number.NEGATIVE_INFINITY
    })
  }

  write(lines: Buffer): number {
    const taken = this.#file.write(lines)
    if (this.#startedAt === undefined) this.#start()
    return taken
  }

  writeLine(line: string, bytes: number, now: number): number {
    return this.#startedAt === undefined ? 0 : this.#file.writeLine(line, bytes, now)
  }

  sync(soon?: (error: Error | null) => void): void {
    this.#file.sync(soon)
  }

  onWrite(stats: WriterStats): void {
    if (performance.now() - this.#writtenAt >= manifestEveryMs) this.updateManifest(stats)
  }

  end(stats: WriterStats): void {
    this.#file.end()
    this.updateManifest(stats)
  }

  /** Writes the manifest with these counts, if there was a line. */
  updateManifest(stats: WriterStats): void {
    if (this.#startedAt !== undefined) this.#writeManifest(this.#startedAt, stats)
  }

  rotate(): void {
    this.#file.rotate()
  }

  release(): void {
    this.#file.release()
  }

  close(): void {
    this.#file.close()
  }

  #start(): void {
    this.#startedAt = new Date().toISOString()
    this.#writeManifest(this.#startedAt, zeroCounts)
  }

  #writeManifest(startedAt: string, counts: Counts): void {
    if (this.#isOwnedByOther) return
    const { path = this.#settings.path } = this.#file
    this.#writtenAt = performance.now()
    try {
      const { mode, within } = this.#settings
      const manifest = join(dirname(path), this.#settings.manifest)
      const found = readManifest(manifest)
      this.#writer ??= manifestWriter(this.#rank)
      const owner = manifestOwner(found, this.#writer)
      this.#isOwnedByOther = owner === 'others'
      if (this.#isOwnedByOther) return
      const state = this.#state(path, startedAt, counts, owner === 'own' ? found : undefined)
      replaceFile({ path: manifest, mode, within }, `${JSON.stringify(state, undefined, 2)}\n`)
      this.#manifestCounts = { ...counts }
    } catch (error) {
      this.#report(error as NodeJS.ErrnoException)
    }
  }

  #state(path: string, startedAt: string, counts: Counts, before?: Manifest): Manifest {
    const { rank, attempt, worldSize, localRank, runKey } = this.#rank
    const exit = exitCode()
    return {
      version: 1,
      rank,
      attempt,
      restarts: this.#writer?.restarts,
      worldSize,
      localRank,
      host: hostname(),
      pid: process.pid,
      process: this.#writer?.process,
      runKey,
      files: (this.#settings.rotation ? rotatedFiles(path) : [path]).map((file) => basename(file)),
      startedAt: before?.startedAt ?? startedAt,
      updatedAt: new Date().toISOString(),
      ...this.#sum(counts, before),
      exit: exit === 'unknown' && before ? before.exit : exit,
    }
  }

  /**
   * Returns the counts of all writers of this process. There are two if a gated rank appended an error before pino's
   * worker opened the file.
   *
   * @param before the counts of all writers in the manifest
   */
  #sum(counts: Counts, before: Counts = this.#manifestCounts): Counts {
    const sum = (count: keyof Counts) => before[count] + counts[count] - this.#manifestCounts[count]
    return { lines: sum('lines'), bytes: sum('bytes'), drops: sum('drops'), errors: sum('errors') }
  }

  /** Reports once that the manifest cannot be written. A folder that was removed needs no manifest. */
  #report({ code, message }: NodeJS.ErrnoException): void {
    if (!this.#hasReported && code !== 'ENOENT')
      reportLine(`${this.#settings.name}: cannot write the manifest: ${message}; lines are still written`)
    this.#hasReported = true
  }
}
