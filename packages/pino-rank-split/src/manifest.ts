import { hostname } from 'node:os'
import { type ReplacedFile, replaceFile } from 'pino-rank-file/append'
import { type Manifest, readManifest } from './read.ts'

/** Writes a manifest whole or not at all. */
export function writeManifest(place: ReplacedFile, manifest: Manifest): void {
  replaceFile(place, `${JSON.stringify(manifest, undefined, 2)}\n`)
}

/** The manifest at `path`, where this very process wrote it: a rank may append and then be opened, in two threads. */
export function ownManifest(path: string): Manifest | undefined {
  const found = readManifest(path)
  const ours = found?.pid === process.pid && found.host === hostname()
  const startOfProcess = Date.now() - process.uptime() * 1000
  return ours && Date.parse(found.startedAt) >= startOfProcess - 1 ? found : undefined
}
