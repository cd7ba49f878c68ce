import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessId } from 'pino-rank/process'

/** What a rank's manifest, for example `train.rank-3.json`, says about the rank's files. */
export interface Manifest {
  version: 1
  rank: number | 'unknown'
  attempt?: number
  worldSize?: number
  /** Versions before 0.2 do not write it. */
  localRank?: number
  host: string
  pid: number
  /** Identifies the process among all that have or had its number. Versions before 0.2 do not write it. */
  process?: ProcessId
  runKey?: string
  /** Names of this rank's files, in the manifest's folder. */
  files: string[]
  /** Time of the first line; ISO 8601, UTC. */
  startedAt: string
  /** Time of this manifest and its counts; ISO 8601, UTC. */
  updatedAt: string
  /** Lines that this process wrote, through all its writers. */
  lines: number
  bytes: number
  /** Lines that it dropped. */
  drops: number
  /** Failed attempts to write. */
  errors: number
  /** How the process ended: 'unknown' unless an exit handler ran or the launcher saw it. */
  exit: 'unknown' | number | NodeJS.Signals
}

/** Returns the manifests in `dir`, by rank. Other files are ignored. Throws what reading the folder throws. */
export function readManifests(dir: string): Manifest[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const manifests = names.map((name) => readManifest(join(dir, name))).filter((manifest) => manifest !== undefined)
  return manifests.sort((a, b) => order(a) - order(b))
}

/** Returns a manifest. Undefined if the file is missing, or some other program's. */
export function readManifest(path: string): Manifest | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8'))
    return value.version === 1 && 'rank' in value && Array.isArray(value.files) ? value : undefined
  } catch {
    return undefined
  }
}

function order({ rank }: Manifest): number {
  return rank === 'unknown' ? Infinity : rank
}
