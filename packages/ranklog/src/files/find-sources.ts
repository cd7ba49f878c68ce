import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { rotatedFiles } from 'pino-rank-file/read'
import { type Manifest, readManifests } from 'pino-rank-split/read'
import { InputError } from '../cli/index.ts'
import { eachFileOnce } from './file-id.ts'
import { isMarked } from './merge-mark.ts'

/** The log of one process: its files, oldest first. */
export interface LogSource {
  /** As it is called in labels: the rank, or the file's name where there is none. */
  label: string
  rank?: number | 'unknown'
  host?: string
  files: string[]
  /** Of each attempt, the first first. */
  manifests: LogManifest[]
}

/** A manifest, and the folder of its files. */
export interface LogManifest extends Manifest {
  folder: string
}

/** The logs that were found, and what was read to find them. */
export interface Found {
  sources: LogSource[]
  /** Folders that were searched for logs. */
  folders: string[]
  /** Manifests that were given as paths. */
  manifests: string[]
}

const logName = /\.(?:log|ndjson|jsonl|json\.log)$/
const rankInName = /\.rank-(\d+|unknown[^.]*)\.[^.]+$/
const attemptFolder = /^attempt-(\d+)$/

/**
 * Finds the logs that folders, files, manifests and globs name, one for each process. Rotated files and attempts of a rank are
 * one log, in their order. Logs are sorted by rank, then by name; equal times are merged in this order. A file with several
 * names counts once.
 *
 * @throws {InputError} if a path does not exist, or if a folder has no log
 */
export async function findSources(paths: readonly string[]): Promise<Found> {
  const sources = new Map<string, LogSource>()
  const folders = new Folders()
  for (const path of paths) {
    for (const found of await expand(path, folders)) addTo(sources, found)
  }
  return {
    sources: eachFileOnce([...sources.values()].sort(inOrder)),
    folders: folders.searched,
    manifests: folders.manifests,
  }
}

/** Logs without the files that `ranklog merge --force` wrote into their folders, because these repeat lines of other files. */
export interface FoundLogs extends Found {
  /** The files that `ranklog merge --force` wrote. */
  marked: string[]
}

/**
 * Finds the logs as {@link findSources} does, without files that have the mark.
 *
 * @throws {InputError} as {@link findSources}, and if no file is left
 */
export async function findLogs(paths: readonly string[]): Promise<FoundLogs> {
  const found = await findSources(paths)
  const marked = new Set(found.sources.flatMap(({ files }) => files).filter(isMarked))
  if (marked.size === 0) return { ...found, marked: [] }
  const sources = found.sources
    .map((source) => ({ ...source, files: source.files.filter((file) => !marked.has(file)) }))
    .filter(({ files }) => files.length > 0)
  const [first] = marked
  if (sources.length === 0)
    throw new InputError(`${first} was written by ranklog merge --force`, 'name the logs that it was made of')
  return { ...found, sources, marked: [...marked] }
}

/** What is in folders, each read once. */
class Folders {
  readonly searched: string[] = []
  readonly manifests: string[] = []
  readonly #found = new Map<string, { names: Set<string>; asGzip: string[] }>()

  /** A log with its rotated files, oldest first; or the packed one, if there is no other. */
  filesOf(path: string): string[] {
    const { names, asGzip } = this.#in(dirname(path))
    const found = rotatedFiles(path, asGzip).map((file) =>
      names.has(basename(file)) ? file : file.replace(/\.gz$/, '.zst'),
    )
    const packed = ['.gz', '.zst'].map((end) => path + end).filter((file) => names.has(basename(file)))
    return found.length > 0 ? found : packed.length > 0 ? packed.slice(0, 1) : [path]
  }

  /** Others pack with zstd what we pack with gzip: under that name it is known as rotated. */
  #in(folder: string): { names: Set<string>; asGzip: string[] } {
    let found = this.#found.get(folder)
    if (!found) {
      const names = readdirSync(folder)
      found = { names: new Set(names), asGzip: names.map((name) => name.replace(/\.zst$/, '.gz')) }
      this.#found.set(folder, found)
    }
    return found
  }
}

async function expand(path: string, folders: Folders): Promise<LogSource[]> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory()) {
    const found = inFolder(path, folders)
    if (found.length === 0)
      throw new InputError(`${path}: no logs here`, 'name a folder with *.log, *.ndjson or *.jsonl files, or the files')
    return found
  }
  if (stat) return path.endsWith('.json') ? ofManifest(path, folders) : [ofFile(path, folders)]
  const { globSync } = await import('tinyglobby')
  const found = globSync(path, { dot: false, onlyFiles: true }).sort()
  if (found.length === 0) throw new InputError(`${path}: no such file or folder`, 'look at the name')
  return mergeByRank(
    found.flatMap((file) => (file.endsWith('.json') ? ofManifest(file, folders) : [ofFile(file, folders)])),
  )
}

/** A folder's logs, and those of its attempts. */
function inFolder(folder: string, folders: Folders): LogSource[] {
  folders.searched.push(folder)
  const entries = readdirSync(folder, { withFileTypes: true })
  const manifests = readManifests(folder)
  const claimed = new Set(manifests.flatMap(({ files }) => files))
  const own = manifests.map((manifest) => ofRank(folder, manifest, folders))
  for (const name of logNames(entries.filter(isReadable).map(({ name }) => name))) {
    if (!claimed.has(name)) own.push(ofFile(join(folder, name), folders))
  }
  const attempts = entries
    .flatMap((entry) => (entry.isDirectory() ? (attemptFolder.exec(entry.name) ?? []).slice(1) : []))
    .sort((a, b) => Number(a) - Number(b))
  return mergeByRank([...own, ...attempts.flatMap((attempt) => inFolder(join(folder, `attempt-${attempt}`), folders))])
}

/** Reports whether what is found in a folder may be a log: a pipe, a socket or a device there would never end. */
function isReadable(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile()
  try {
    return statSync(join(entry.parentPath, entry.name)).isFile()
  } catch {
    return true // a link to nothing or to itself: the error is reported when it is read
  }
}

/** The names of logs, rotated ones by the name that they had. */
function logNames(names: readonly string[]): string[] {
  const plain = names.map(plainName)
  return [
    ...new Set(names.flatMap((name, at) => [name, plain[at] as string].filter((name) => logName.test(name)).slice(-1))),
  ].sort()
}

/** Returns the name that a rotated or packed log had. */
function plainName(name: string): string {
  return name.replace(/(\.\d+|\.\d{8}T\d{6}Z(-\d+)?)?(\.gz|\.zst)?$/, '')
}

/** A log that is named, with its rotated files. */
function ofFile(path: string, folders: Folders): LogSource {
  const [, rank] = rankInName.exec(basename(path)) ?? []
  const numbered = rank === undefined ? undefined : rank.startsWith('unknown') ? ('unknown' as const) : Number(rank)
  return {
    label: numbered === undefined ? basename(path) : String(numbered),
    ...(numbered !== undefined && { rank: numbered }),
    files: folders.filesOf(path),
    manifests: [],
  }
}

function ofRank(folder: string, manifest: Manifest, folders: Folders): LogSource {
  const files = manifest.files.flatMap((name) => folders.filesOf(join(folder, name)))
  const { rank, host } = manifest
  return { label: String(rank), rank, host, files: [...new Set(files)], manifests: [{ ...manifest, folder }] }
}

function ofManifest(path: string, folders: Folders): LogSource[] {
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new InputError(`${path}: ${(error as Error).message}`, 'name a manifest of pino-rank-split, or a log')
  }
  if (!Array.isArray(manifest.files))
    throw new InputError(`${path}: no manifest`, 'name a manifest of pino-rank-split, or a log')
  folders.manifests.push(path)
  return [ofRank(dirname(path), manifest, folders)]
}

function mergeByRank(sources: readonly LogSource[]): LogSource[] {
  const found = new Map<string, LogSource>()
  for (const source of sources) addTo(found, source)
  return [...found.values()]
}

/**
 * The files of a rank's later attempts go behind those of its earlier ones, if they have the same name: a rank may have several logs. A
 * file that is named twice counts once.
 */
function addTo(sources: Map<string, LogSource>, source: LogSource): void {
  const file = source.files.at(-1) as string
  const key = source.rank === undefined ? file : `${source.host ?? ''} ${source.rank} ${plainName(basename(file))}`
  const known = sources.get(key)
  if (!known) {
    sources.set(key, source)
    return
  }
  known.files = [...new Set([...known.files, ...source.files])]
  known.manifests.push(...source.manifests)
}

function inOrder(a: LogSource, b: LogSource): number {
  const [rankA, rankB] = [numberOf(a), numberOf(b)]
  if (rankA !== rankB) return rankA - rankB
  const [nameA, nameB] = [a, b].map(({ label, files }) => `${label} ${basename(files.at(-1) ?? '')}`) as [
    string,
    string,
  ]
  return nameA < nameB ? -1 : Number(nameA > nameB)
}

function numberOf({ rank }: LogSource): number {
  return typeof rank === 'number' ? rank : Infinity
}
