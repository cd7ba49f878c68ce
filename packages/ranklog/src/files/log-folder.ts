import { type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { firstTimeOf, hasSameHead } from './file-head.ts'
import { compareLogNames, type LogName, readLogName, readNameOf } from './log-names.ts'

/** The files of one log. */
export interface LogFiles {
  /** Paths, oldest first. */
  files: string[]
  /** The path under which the log is written, or will be written next. */
  active: string
}

/** The logs of one folder, found by the names of its files. Only regular files are logs: a pipe, a socket or a device may never end. */
export class LogFolder {
  readonly path: string
  readonly entries: readonly Dirent[]
  /** Names of the logs, each once. */
  readonly logs: readonly string[]
  readonly #files: readonly string[]
  readonly #found = new Map<string, LogName[]>()
  readonly #isOrdered: boolean

  /**
   * @param isOrdered false leaves numbered files in the order of their numbers, and saves reading their first lines
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

  /** Returns the files of a log. None if there is no such file. */
  filesOf(log: string): LogFiles {
    const found = this.#found.get(log) ?? this.#files.flatMap((name) => readNameOf(log, name) ?? [])
    const names = this.#withoutTwins(found.toSorted(compareLogNames))
    const last = names.at(-1)
    const active = last?.isInside && !last.packed ? last.name : log
    const ordered = this.#isOrdered ? this.#inOrderOfTime(names) : names
    return { files: ordered.map(({ name }) => join(this.path, name)), active: join(this.path, active) }
  }

  /**
   * Leaves out a packed file if it is there unpacked, too. A packed file with other content is an older one, although it has
   * the same name.
   */
  #withoutTwins(names: readonly LogName[]): LogName[] {
    const kept: LogName[] = []
    for (const name of names) {
      const twin = kept.at(-1)
      if (!twin || !name.packed || twin.date !== name.date || twin.number !== name.number) kept.push(name)
      else if (!hasSameHead(join(this.path, twin.name), join(this.path, name.name))) kept.splice(-1, 0, name)
    }
    return kept
  }

  /**
   * Orders numbered files by the times in them. We and pino-roll count upwards, so the highest number is the newest; logrotate
   * and Python's handlers rename all files, so it is the oldest. winston continues under the numbered name.
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

  /** Reports whether a file was begun after another one. Without times in them, whether it was written after it. */
  #isNewer(name: LogName, than: LogName): boolean {
    const [a, b] = [name, than].map((name) => firstTimeOf(join(this.path, name.name)))
    if (a !== undefined && b !== undefined) return a > b
    if (name.packed || than.packed) return false // packing gives a new time
    const [c, d] = [name, than].map((name) => lastWrite(join(this.path, name.name)))
    return c !== undefined && d !== undefined && c > d
  }
}

function isFile(entry: Dirent, folder: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile()
  try {
    return statSync(join(folder, entry.name)).isFile()
  } catch {
    return true // a link to nothing or to itself: the error is reported when it is read
  }
}

function lastWrite(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

/** The folders that were looked at, each read once. */
export class Folders {
  readonly searched: string[] = []
  readonly manifests: string[] = []
  readonly problems: string[] = []
  readonly #found = new Map<string, LogFolder>()
  readonly #isOrdered: boolean

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered
  }

  /** @throws the system's error */
  at(path: string): LogFolder {
    const found = this.#found.get(path) ?? new LogFolder(path, this.#isOrdered)
    this.#found.set(path, found)
    return found
  }

  /** Returns a file that is named, with its rotated files. One that is rotated itself, or no regular file, stands alone. */
  logAt(path: string): LogFiles {
    const alone = { files: [path], active: path }
    const name = readLogName(basename(path))
    if (name && (name.date !== '' || name.number !== '' || name.packed)) return alone
    try {
      const found = this.at(dirname(path)).filesOf(basename(path))
      return found.files.length > 0 ? found : alone
    } catch {
      return alone // a folder may let this user open its files, and not list them
    }
  }
}
