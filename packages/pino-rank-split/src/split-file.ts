import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { ResolvedRank } from 'pino-rank/sink'
import { appendEnd, exitCode, type LineEnd, type PlacedEnd, reportLine, type WriterStats } from 'pino-rank-file/writer'
import { type Manifest, writeManifest } from './manifest.ts'
import type { SplitSettings } from './split-options.ts'

/** How old a manifest of a running rank may be, in ms. */
const manifestEveryMs = 10_000

/** One rank's file, with its manifest: written when the first line is, every ten seconds, and when all are. */
export class SplitFile implements LineEnd {
  readonly #settings: SplitSettings
  readonly #rank: ResolvedRank
  readonly #file: PlacedEnd
  #startedAt: string | undefined
  #writtenAt = 0
  #reported = false

  constructor(settings: SplitSettings, rank: ResolvedRank) {
    this.#settings = settings
    this.#rank = rank
    this.#file = appendEnd(settings)
  }

  write(lines: Buffer): number {
    const taken = this.#file.write(lines)
    if (this.#startedAt === undefined) this.#start()
    return taken
  }

  sync(soon?: (error: Error | null) => void): void {
    this.#file.sync(soon)
  }

  written(stats: WriterStats): void {
    if (performance.now() - this.#writtenAt >= manifestEveryMs) this.settle(stats)
  }

  settle(stats: WriterStats): void {
    if (this.#startedAt !== undefined) this.#manifest(this.#startedAt, stats)
  }

  close(): void {
    this.#file.close()
  }

  #start(): void {
    this.#startedAt = new Date().toISOString()
    this.#manifest(this.#startedAt, { lines: 0, bytes: 0, drops: 0, errors: 0 })
  }

  #manifest(startedAt: string, { lines, bytes, drops, errors }: Omit<WriterStats, 'flushes'>): void {
    const { rank, attempt, worldSize, runKey } = this.#rank
    const { path = this.#settings.path } = this.#file
    this.#writtenAt = performance.now()
    const manifest: Manifest = {
      version: 1,
      rank,
      attempt,
      worldSize,
      host: hostname(),
      pid: process.pid,
      runKey,
      files: [basename(path)],
      startedAt,
      updatedAt: new Date().toISOString(),
      lines,
      bytes,
      drops,
      errors,
      exit: exitCode(),
    }
    try {
      const { mode, within } = this.#settings
      writeManifest({ path: join(dirname(path), this.#settings.manifest), mode, within }, manifest)
    } catch (error) {
      this.#report(error as NodeJS.ErrnoException)
    }
  }

  /** Once; the lines are what matters, and they go on. A folder that was removed needs no manifest. */
  #report({ code, message }: NodeJS.ErrnoException): void {
    if (!this.#reported && code !== 'ENOENT') reportLine(`${this.#settings.name}: no manifest: ${message}`)
    this.#reported = true
  }
}
