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
  /** As it is called in labels: the rank, or the file's name where there is none. */
  label: string
  rank?: number | 'unknown'
  host?: string
  files: string[]
  /** The path under which the process writes its log, or will write it next. */
  active: string
  /** True if it is a pipe or a device that was named. It can be read once, and not be followed. */
  isStream?: true
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
  /** Folders and manifests that could not be used, each with the reason. */
  problems: string[]
}

/** How logs are searched for. */
export interface FindOptions {
  /** False leaves numbered rotated files in the order of their numbers, and saves reading their first lines. @default true */
  isOrdered?: boolean
}

const attemptFolder = /^attempt-(\d+)$/

/**
 * Finds the logs that folders, files, manifests and globs name, one for each process. Rotated files and attempts of a rank are
 * one log, in their order. Logs are sorted by rank, then by name; equal times are merged in this order. A file with several
 * names counts once.
 *
 * @throws {InputError} if a path does not exist or cannot be looked at, or if a folder has no log
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

async function expand(path: string, folders: Folders): Promise<LogSource[]> {
  const stat = look(path, () => statSync(path, { throwIfNoEntry: false }))
  if (stat?.isDirectory()) {
    const found = look(path, () => inFolder(path, folders))
    if (found.length === 0)
      throw new InputError(`${path}: no logs here`, 'name a folder with *.log, *.ndjson or *.jsonl files, or the files')
    return found
  }
  if (stat && !stat.isFile() && !path.endsWith('.json'))
    return [{ ...ofFile({ files: [path], active: path }), isStream: true }]
  if (stat) return path.endsWith('.json') ? ofManifest(path, folders) : [ofFile(folders.logAt(path))]
  const { globSync } = await import('tinyglobby')
  const found = globSync(path, { dot: false, onlyFiles: true }).filter(isRegular).sort(naturalOrder)
  if (found.length === 0) throw new InputError(`${path}: no such file or folder`, 'look at the name')
  return mergeByRank(
    found.flatMap((file) => (file.endsWith('.json') ? ofManifest(file, folders) : [ofFile(folders.logAt(file))])),
  )
}

/** Returns what `task` returns. @throws {InputError} if the system lets this user not look at the path */
function look<Result>(path: string, task: () => Result): Result {
  try {
    return task()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new InputError(`${path}: ${(error as Error).message}`, 'name a path that you may read')
  }
}

function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** A folder's logs, and those of its attempts. */
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

/** Does the same for an attempt. One that cannot be read is left out, and the others are read. */
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

/** The names of the logs whose files a manifest lists. */
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
  let fault = 'no manifest'
  const manifest = readManifest(path, (_, reason) => {
    fault = reason
  })
  if (!manifest) throw new InputError(`${path}: ${fault}`, 'name a manifest of pino-rank-split, or a log')
  folders.manifests.push(path)
  return [ofRank(folders.at(dirname(path)), manifest)]
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

/** Returns the name of the log without its folder: the same for all attempts. */
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
