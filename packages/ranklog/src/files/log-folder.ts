import { type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { firstTimeOf, hasSameHead } from './file-head.ts'
import { compareLogNames, type LogName, readLogName, readNameOf } from './log-names.ts'

/** The files of one log. */
export interface LogFiles {
  /** Paths, oldest first. */
  files: string[]
  /** The path that the log is written to now. It may not exist yet. */
  active: string
}

/** The logs in a folder, found by the names of its files. Only regular files count, because a pipe, socket or device may never end. */
export class LogFolder {
  readonly path: string
  readonly entries: readonly Dirent[]
  /** Names of the logs, without duplicates. */
  readonly logs: readonly string[]
  readonly #files: readonly string[]
  readonly #found = new Map<string, LogName[]>()
  readonly #isOrdered: boolean

  /**
   * @param isOrdered true to find out from their first lines whether numbered files count upwards or downwards; false saves
   * reading these lines
   * @throws the system's error if the folder cannot be read
   */
  constructor(path: string, isOrdered: boolean) {
    this.path = path
    this.#isOrdered = isOrdered
    this.entries = readdirSync(path, { withFileTypes: true })
    this.#files = this.entries.filter((entry) => isFile(entry, path)).map(({ name }) => name)
    for (const name of this.#files.flatMap((name) => readLogName(name) ?? [])) {
      const known = this.#found.get(name.log)
      if (known) known.push(name)
      else this.#found.set(name.log, [name])
    }
    this.logs = [...this.#found.keys()]
  }

  /** Returns the files of a log; none if there is no such log. */
  filesOf(log: string): LogFiles {
    const found = this.#found.get(log) ?? this.#files.flatMap((name) => readNameOf(log, name) ?? [])
    const names = this.#withoutDuplicates(found.toSorted(compareLogNames))
    const last = names.at(-1)
    const active = last?.isInside && !last.isCompressed ? last.name : log
    const ordered = this.#isOrdered ? this.#inOrderOfTime(names) : names
    return { files: ordered.map(({ name }) => join(this.path, name)), active: join(this.path, active) }
  }

  /**
   * Removes compressed files that also exist uncompressed. A compressed file with the same name but other content is an older
   * file and stays.
   */
  #withoutDuplicates(names: readonly LogName[]): LogName[] {
    const result: LogName[] = []
    for (const name of names) {
      const before = result.at(-1)
      if (!before || !name.isCompressed || before.date !== name.date || before.number !== name.number) result.push(name)
      else if (!hasSameHead(join(this.path, before.name), join(this.path, name.name))) result.splice(-1, 0, name)
    }
    return result
  }

  /**
   * Orders numbered files by the times in them. With pino-rank-file and pino-roll, the highest number is the newest file. With
   * logrotate and Python's handlers it is the oldest, because they rename all files. With winston, the file without a number
   * is the oldest.
   */
  #inOrderOfTime(names: readonly LogName[]): LogName[] {
    const numbered = names.filter(({ date, number }) => date === '' && number !== '')
    const others = names.filter((name) => !numbered.includes(name))
    const [lowest, highest] = [numbered[0], numbered.at(-1)]
    if (!lowest || !highest) return [...names]
    if (lowest !== highest && this.#isNewer(lowest, highest)) numbered.reverse()
    const active = others.find(({ date }) => date === '')
    const [oldest] = numbered
    if (!active || !oldest || !this.#isOlder(active, oldest)) return [...numbered, ...others]
    return [active, ...numbered, ...others.filter((name) => name !== active)]
  }

  #isOlder(name: LogName, than: LogName): boolean {
    const [a, b] = [name, than].map((name) => firstTimeOf(join(this.path, name.name)))
    return a !== undefined && b !== undefined && a < b
  }

  /** Reports whether a file begins later than another. If they have no times, reports whether it was modified later. */
  #isNewer(name: LogName, than: LogName): boolean {
    const [a, b] = [name, than].map((name) => firstTimeOf(join(this.path, name.name)))
    if (a !== undefined && b !== undefined) return a > b
    if (name.isCompressed || than.isCompressed) return false // compressing changes the modification time
    const [c, d] = [name, than].map((name) => lastWrite(join(this.path, name.name)))
    return c !== undefined && d !== undefined && c > d
  }
}

function isFile(entry: Dirent, folder: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile()
  try {
    return statSync(join(folder, entry.name)).isFile()
  } catch {
    return true // a broken link: the error is reported when it is read
  }
}

function lastWrite(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

/** The folders that a search reads. Each is read only once. */
export class Folders {
  readonly searched: string[] = []
  readonly manifests: string[] = []
  readonly problems: string[] = []
  readonly #found = new Map<string, LogFolder>()
  readonly #isOrdered: boolean

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered
  }

  /** Returns the logs of a folder. @throws the system's error */
  at(path: string): LogFolder {
    const found = this.#found.get(path) ?? new LogFolder(path, this.#isOrdered)
    this.#found.set(path, found)
    return found
  }

  /** Returns a file with its rotated files. Returns only the file if it is a rotated file itself or not a regular file. */
  logAt(path: string): LogFiles {
    const alone = { files: [path], active: path }
    const name = readLogName(basename(path))
    if (name && (name.date !== '' || name.number !== '' || name.isCompressed)) return alone
    try {
      const found = this.at(dirname(path)).filesOf(basename(path))
      return found.files.length > 0 ? found : alone
    } catch {
      return alone // a user may be allowed to open the files of a folder and not to list them
    }
  }
}
