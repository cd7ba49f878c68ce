import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { ResolvedRank } from 'pino-rank/sink'
import {
  appendEnd,
  exitCode,
  type LineEnd,
  type PlacedEnd,
  reportLine,
  rotatedFiles,
  type WriterStats,
} from 'pino-rank-file/writer'
import { type Manifest, writeManifest } from './manifest.ts'
import type { SplitSettings } from './split-options.ts'

/** How old a manifest of a running rank may be, in ms. */
const manifestEveryMs = 10_000

type Counts = Omit<WriterStats, 'flushes'>

/**
 * One rank's file, with its manifest: written when the first line is, after a rotation, every ten seconds, and when all
 * are.
 */
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
    this.#file = appendEnd(settings, () => {
      this.#writtenAt = Number.NEGATIVE_INFINITY
    })
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

  rotate(): void {
    this.#file.rotate()
  }

  close(): void {
    this.#file.close()
  }

  #start(): void {
    this.#startedAt = new Date().toISOString()
    this.#manifest(this.#startedAt, { lines: 0, bytes: 0, drops: 0, errors: 0 })
  }

  #manifest(startedAt: string, counts: Counts): void {
    const { path = this.#settings.path } = this.#file
    this.#writtenAt = performance.now()
    try {
      const { manifest, mode, within } = this.#settings
      writeManifest({ path: join(dirname(path), manifest), mode, within }, this.#state(path, startedAt, counts))
    } catch (error) {
      this.#report(error as NodeJS.ErrnoException)
    }
  }

  #state(path: string, startedAt: string, { lines, bytes, drops, errors }: Counts): Manifest {
    const { rank, attempt, worldSize, runKey } = this.#rank
    return {
      version: 1,
      rank,
      attempt,
      worldSize,
      host: hostname(),
      pid: process.pid,
      runKey,
      files: (this.#settings.rotation ? rotatedFiles(path) : [path]).map((file) => basename(file)),
      startedAt,
      updatedAt: new Date().toISOString(),
      lines,
      bytes,
      drops,
      errors,
      exit: exitCode(),
    }
  }

  /** Once; the lines are what matters, and they go on. A folder that was removed needs no manifest. */
  #report({ code, message }: NodeJS.ErrnoException): void {
    if (!this.#reported && code !== 'ENOENT') reportLine(`${this.#settings.name}: no manifest: ${message}`)
    this.#reported = true
  }
}
