import { type ReplacedFile, replaceFile } from 'pino-rank-lines/system'
import type { Manifest } from './read-manifests.ts'

/** Writes a manifest whole or not at all. */
export function writeManifest(place: ReplacedFile, manifest: Manifest): void {
  replaceFile(place, `${JSON.stringify(manifest, undefined, 2)}\n`)
}
