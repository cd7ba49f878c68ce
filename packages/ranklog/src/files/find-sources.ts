import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Manifest, readManifest, readManifests } from 'pino-rank-split/read'
import { InputError } from '../cli/index.ts'
import { eachFileOnce } from './file-id.ts'
import { Folders, type LogFiles, type LogFolder } from './log-folder.ts'
import { rankInName, readLogName } from './log-names.ts'
import { isMarked } from './merge-mark.ts'

/** The log of one process: its files, oldest first. */
export interface LogSource {
  /** The name in labels: the rank, or the file name if the rank is not known. */
  label: string
  rank?: number | 'unknown'
  host?: string
  files: string[]
  /** The path that the process writes its log to now. It may not exist yet. */
  active: string
  /** True if the path is a pipe or a device. It can be read only once and cannot be followed. */
  isStream?: true
  /** The manifests of all attempts, in order. */
  manifests: LogManifest[]
}

/** A manifest with the folder of its files. */
export interface LogManifest extends Manifest {
  folder: string
}

/** The logs that were found, and the folders and manifests that were read to find them. */
export interface Found {
  sources: LogSource[]
  /** Folders that were searched for logs. */
  folders: string[]
  /** Manifests that were given as paths. */
  manifests: string[]
  /** Folders and manifests that could not be used, each with the reason. */
  problems: string[]
}

/** How logs are searched. */
export interface FindOptions {
  /**
   * True to find out from their first lines whether numbered rotated files count upwards or downwards. False saves reading
   * these lines. @default true
   */
  isOrdered?: boolean
}

const attemptFolder = /^attempt-(\d+)$/

/**
 * Finds the logs in folders, files, manifests and globs, one for each process. The rotated files and attempts of a rank are
 * one log, oldest first. Logs are sorted by rank, then by name; a merge writes records with equal times in this order. A file
 * with several names is listed once.
 *
 * @throws {InputError} if a path does not exist or cannot be accessed, or if a folder has no log
 */
export async function findSources(paths: readonly string[], { isOrdered = true }: FindOptions = {}): Promise<Found> {
  const sources = new Map<string, LogSource>()
  const folders = new Folders(isOrdered)
  for (const path of paths) {
    for (const found of await expand(path, folders)) addTo(sources, found)
  }
  const { searched, manifests, problems } = folders
  return { sources: eachFileOnce([...sources.values()].sort(inOrder)), folders: searched, manifests, problems }
}

/** Logs without the files that `ranklog merge --force` wrote, because those repeat lines of other files. */
export interface FoundLogs extends Found {
  /** The files that `ranklog merge --force` wrote. */
  marked: string[]
}

/**
 * Finds logs like {@link findSources}, without the files that have the mark.
 *
 * @throws {InputError} like {@link findSources}, and if all files have the mark
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
    throw new InputError(`${first} was written by ranklog merge --force`, 'use the logs that it was made from')
  return { ...found, sources, marked: [...marked] }
}

async function expand(path: string, folders: Folders): Promise<LogSource[]> {
  const stat = accessPath(path, () => statSync(path, { throwIfNoEntry: false }))
  if (stat?.isDirectory()) {
    const found = accessPath(path, () => inFolder(path, folders))
    if (found.length === 0)
      throw new InputError(
        `${path}: no logs in this folder`,
        'use a folder with *.log, *.ndjson or *.jsonl files, or the files',
      )
    return found
  }
  if (stat && !stat.isFile() && !path.endsWith('.json'))
    return [{ ...ofFile({ files: [path], active: path }), isStream: true }]
  if (stat) return path.endsWith('.json') ? ofManifest(path, folders) : [ofFile(folders.logAt(path))]
  const { globSync } = await import('tinyglobby')
  const found = globSync(path, { dot: false, onlyFiles: true }).filter(isRegular).sort(naturalOrder)
  if (found.length === 0) throw new InputError(`${path}: no such file or folder`, 'check the path')
  return mergeByRank(
    found.flatMap((file) => (file.endsWith('.json') ? ofManifest(file, folders) : [ofFile(folders.logAt(file))])),
  )
}

/** Returns the result of `task`. @throws {InputError} if this user may not access the path */
function accessPath<Result>(path: string, task: () => Result): Result {
  try {
    return task()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new InputError(`${path}: ${(error as Error).message}`, 'use a path that you may read')
  }
}

function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Returns the logs of a folder and of its attempts. */
function inFolder(path: string, folders: Folders): LogSource[] {
  const folder = folders.at(path)
  folders.searched.push(path)
  const manifests = readManifests(path, (manifest, reason) => {
    folders.problems.push(`${manifest}: ${reason}; the manifest is not used`)
  })
  const own = manifests.map((manifest) => ofRank(folder, manifest))
  const claimed = new Set(manifests.flatMap(logsOf))
  for (const log of [...folder.logs].sort()) if (!claimed.has(log)) own.push(ofFile(folder.filesOf(log)))
  const attempts = folder.entries
    .flatMap((entry) => (entry.isDirectory() ? (attemptFolder.exec(entry.name) ?? []).slice(1) : []))
    .sort((a, b) => Number(a) - Number(b))
  return mergeByRank([...own, ...attempts.flatMap((attempt) => inAttempt(join(path, `attempt-${attempt}`), folders))])
}

/** Returns the logs of an attempt. If its folder cannot be read, returns none and records the problem. */
function inAttempt(path: string, folders: Folders): LogSource[] {
  try {
    return inFolder(path, folders)
  } catch (error) {
    folders.problems.push(`${path}: ${(error as Error).message}; it is left out`)
    return []
  }
}

function ofFile({ files, active }: LogFiles): LogSource {
  const name = basename(active)
  const rank = rankInName(readLogName(name)?.log ?? name)
  return { label: String(rank ?? name), ...(rank !== undefined && { rank }), files, active, manifests: [] }
}

/** Returns the names of the logs whose files a manifest lists. */
function logsOf({ files }: Manifest): string[] {
  return [...new Set(files.map((name) => readLogName(name)?.log ?? name))]
}

function ofRank(folder: LogFolder, manifest: Manifest): LogSource {
  const found = logsOf(manifest).map((log) => {
    const { files, active } = folder.filesOf(log)
    return { files: files.length > 0 ? files : [join(folder.path, log)], active }
  })
  const { rank, host } = manifest
  const active = found.at(-1)?.active ?? folder.path
  const files = found.flatMap(({ files }) => files)
  return { label: String(rank), rank, host, files, active, manifests: [{ ...manifest, folder: folder.path }] }
}

function ofManifest(path: string, folders: Folders): LogSource[] {
  let fault = 'not a manifest'
  const manifest = readManifest(path, (_, reason) => {
    fault = reason
  })
  if (!manifest) throw new InputError(`${path}: ${fault}`, 'use a manifest of pino-rank-split, or a log')
  folders.manifests.push(path)
  return [ofRank(folders.at(dirname(path)), manifest)]
}

function mergeByRank(sources: readonly LogSource[]): LogSource[] {
  const found = new Map<string, LogSource>()
  for (const source of sources) addTo(found, source)
  return [...found.values()]
}

/**
 * Adds a log. If there is already a log with the same rank and name, from an earlier attempt, its files are appended to that
 * one. A file is added only once.
 */
function addTo(sources: Map<string, LogSource>, source: LogSource): void {
  const key = source.rank === undefined ? source.active : `${source.host ?? ''} ${source.rank} ${logOf(source)}`
  const known = sources.get(key)
  if (!known) {
    sources.set(key, source)
    return
  }
  known.files = [...new Set([...known.files, ...source.files])]
  known.active = source.active
  known.manifests.push(...source.manifests)
}

function inOrder(a: LogSource, b: LogSource): number {
  const [rankA, rankB] = [numberOf(a), numberOf(b)]
  return rankA === rankB ? naturalOrder(nameOf(a), nameOf(b)) : rankA - rankB
}

function nameOf(source: LogSource): string {
  return `${source.label} ${logOf(source)}`
}

/** Returns the name of the log without its folder. It is the same for all attempts. */
function logOf({ active }: LogSource): string {
  const name = basename(active)
  return readLogName(name)?.log ?? name
}

function numberOf({ rank }: LogSource): number {
  return typeof rank === 'number' ? rank : Infinity
}

/** Orders names by their numbers: `x.2.log` before `x.10.log`. */
function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || Number(a > b) - Number(a < b)
}

const collator = new Intl.Collator('en', { numeric: true })
