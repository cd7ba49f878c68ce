import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type ReplacedFile, replaceFile } from 'pino-rank-file/writer'

/** What a rank says of its own files, in `train.rank-3.json` beside them. */
export interface Manifest {
  version: 1
  rank: number | 'unknown'
  attempt?: number
  worldSize?: number
  host: string
  pid: number
  runKey?: string
  /** Names of this rank's files, in the manifest's folder. */
  files: string[]
  /** When the first line came; ISO 8601, UTC. */
  startedAt: string
  /** When this was written; the counts are of then. */
  updatedAt: string
  /** Lines that this process wrote, whichever of its writers did. */
  lines: number
  bytes: number
  /** Lines that it gave up. */
  drops: number
  /** Failed attempts to write. */
  errors: number
  /** How the process ended: 'unknown' unless an exit handler ran or the launcher saw it. */
  exit: 'unknown' | number | NodeJS.Signals
}

/** Writes a manifest whole or not at all. */
export function writeManifest(place: ReplacedFile, manifest: Manifest): void {
  replaceFile(place, `${JSON.stringify(manifest, undefined, 2)}\n`)
}

/** The manifests in `dir`, by rank; other files are passed over. Throws what reading the folder throws. */
export function readManifests(dir: string): Manifest[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const manifests = names.map((name) => readManifest(join(dir, name))).filter((manifest) => manifest !== undefined)
  return manifests.sort((a, b) => order(a) - order(b))
}

/** The manifest at `path`, where this very process wrote it: a rank may append and then be opened, in two threads. */
export function ownManifest(path: string): Manifest | undefined {
  const found = readManifest(path)
  const ours = found?.pid === process.pid && found.host === hostname()
  const startOfProcess = Date.now() - process.uptime() * 1000
  return ours && Date.parse(found.startedAt) >= startOfProcess - 1 ? found : undefined
}

function readManifest(path: string): Manifest | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8'))
    return value.version === 1 && 'rank' in value && Array.isArray(value.files) ? value : undefined
  } catch {
    return undefined // some other program's file
  }
}

function order({ rank }: Manifest): number {
  return rank === 'unknown' ? Infinity : rank
}
