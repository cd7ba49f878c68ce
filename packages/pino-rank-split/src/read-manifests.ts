import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type ProcessId, processIdFrom } from 'pino-rank/process'
import { readRegularFile } from 'pino-rank-lines/system'

/** The manifest of a rank, for example `train.rank-3.json`: the files of the rank, and what was written to them. */
export interface Manifest {
  version: 1
  rank: number | 'unknown'
  attempt?: number
  /** How often PM2 has restarted this rank alone. @default 0 */
  restarts?: number
  worldSize?: number
  /** Versions before 0.2 do not write it. */
  localRank?: number
  host: string
  pid: number
  /** Identifies the process among all that have or had its process id. Versions before 0.2 do not write it. */
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

/** Maximum size of a manifest, in bytes. A larger file belongs to another program, and is not read. */
const maxBytes = 2 ** 24

/**
 * Returns the manifests in `dir`, sorted by rank. Only regular files are read. Files of other programs and invalid
 * manifests are ignored. A manifest that names a file outside of its folder is invalid.
 *
 * @param onInvalid called with the path of each invalid manifest, and the reason
 * @throws the system's error if the folder cannot be read
 */
export function readManifests(dir: string, onInvalid?: (path: string, reason: string) => void): Manifest[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const manifests = names.map((name) => readManifest(join(dir, name), onInvalid)).filter((found) => found !== undefined)
  return manifests.sort((a, b) => order(a) - order(b))
}

/** Returns a manifest. Undefined if the file is missing, is invalid, or belongs to another program. */
export function readManifest(path: string, onInvalid?: (path: string, reason: string) => void): Manifest | undefined {
  let value: unknown
  try {
    value = JSON.parse(readRegularFile(path, maxBytes).toString())
  } catch {
    return undefined
  }
  if (!isManifest(value)) return undefined
  const fault = faultOf(value)
  if (fault === undefined) return value as unknown as Manifest
  onInvalid?.(path, fault)
  return undefined
}

function order({ rank }: Manifest): number {
  return rank === 'unknown' ? Infinity : rank
}

/** Reports whether parsed JSON has what only a manifest has. */
function isManifest(value: unknown): value is Record<string, unknown> {
  const { version, rank, files } = (value ?? {}) as Record<string, unknown>
  return version === 1 && rank !== undefined && Array.isArray(files)
}

/** Returns why a manifest is invalid. Undefined if it is valid. Fields that an earlier version did not write may be missing. */
function faultOf(manifest: Record<string, unknown>): string | undefined {
  const outside = (manifest.files as unknown[]).find((name) => !isFileName(name))
  if (outside !== undefined) return `"files" names ${JSON.stringify(outside)}, which is not a file in its folder`
  const [key] = Object.entries(fields).find(([key, isValid]) => key in manifest && !isValid(manifest[key])) ?? []
  return key && `${JSON.stringify(key)} is ${JSON.stringify(manifest[key]).slice(0, 80)}`
}

/** Reports whether a value is the name of a file in the folder, and not a path. */
function isFileName(value: unknown): boolean {
  if (typeof value !== 'string' || value.includes('\0')) return false
  return value !== '' && value !== '.' && value !== '..' && basename(value) === value
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown) => typeof value === 'string'

/** Report whether the value of a field is valid. */
const fields: Record<Exclude<keyof Manifest, 'version' | 'files'>, (value: unknown) => boolean> = {
  rank: (value) => isCount(value) || value === 'unknown',
  attempt: isCount,
  restarts: isCount,
  worldSize: isCount,
  localRank: isCount,
  host: isText,
  pid: isCount,
  process: (value) => processIdFrom(value) !== undefined,
  runKey: isText,
  startedAt: isText,
  updatedAt: isText,
  lines: isCount,
  bytes: isCount,
  drops: isCount,
  errors: isCount,
  exit: (value) => isText(value) || Number.isSafeInteger(value),
}
