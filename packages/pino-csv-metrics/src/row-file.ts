import { isUtf8 } from 'node:buffer'
import { closeSync, constants, copyFileSync, fstatSync, ftruncateSync, linkSync, openSync, readFileSync, rmSync, type Stats, statSync } from 'node:fs' // biome-ignore format: one line
import { dirname } from 'node:path'
import { folderMode, makeFolder, replaceFile, writeAll } from 'pino-rank-lines/system'

/** The values of a row, by column. */
export type Row = ReadonlyMap<string, string>

/** The file as this writer last read or wrote it. Another writer changes its size or, when it adds columns, its inode. */
interface KnownFile {
  columns: readonly string[]
  /** Undefined if there is no file yet. */
  stats: Stats | undefined
}

const maxAttempts = 20

/**
 * A CSV file to which rows and columns can be added. Rows are appended. If one of them has a new column, the whole file is written
 * again, to a temporary file that is then renamed.
 *
 * Rows are added to an existing file. If it has an invalid line, it is renamed, and a new file gets the lines before that one.
 * If another writer has changed the file since the last write, it is read again. A write that fails does not change the file.
 */
export class RowFile {
  readonly #mode: number
  readonly #report: (line: string) => void
  #path = ''
  #file: KnownFile | undefined

  /** @param report called with one line if a file with an invalid line was renamed */
  constructor(mode: number, report: (line: string) => void) {
    this.#mode = mode
    this.#report = report
  }

  /** Appends rows. @throws the system's error. None of the rows is then in the file. */
  append(path: string, rows: readonly Row[]): void {
    this.#path = path
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const file = this.#current()
      const columns = new Set(file.columns)
      for (const row of rows) for (const column of row.keys()) columns.add(column)
      const text = rows.map((row) => rowLine(file.columns, row)).join('')
      if (
        columns.size === file.columns.length ? this.#write(file, text) : this.#rewrite(file, [...columns].sort(), rows)
      )
        return
    }
    throw Object.assign(new Error(`EBUSY: another process keeps changing the file, '${path}'`), { code: 'EBUSY' })
  }

  #current(): KnownFile {
    const stats = statsOf(this.#path)
    if (this.#file && isSame(this.#file.stats, stats)) return this.#file
    makeFolder(dirname(this.#path), folderMode(this.#mode))
    this.#file = { columns: this.#readColumns(stats), stats: statsOf(this.#path) }
    return this.#file
  }

  #readColumns(stats: Stats | undefined): string[] {
    if (!stats) return []
    const bytes = readFileSync(this.#path)
    let columns: string[] | undefined
    let validBytes = 0
    for (const { cells, end } of linesOfFile(bytes)) {
      columns ??= cells
      validBytes = end
    }
    if (validBytes < bytes.length) {
      const oldFile = setAside(this.#path, bytes.toString('utf8', 0, validBytes), this.#mode)
      const why = `line ${linesBefore(bytes, validBytes) + 1} is torn or is not CSV`
      this.#report(`${why}; the file is now ${oldFile}, and a new file continues with the lines before that line`)
    }
    return columns ?? []
  }

  /** Appends text. Writes nothing and returns false if another writer has changed the file. */
  #write(file: KnownFile, text: string): boolean {
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_APPEND)
    try {
      if (!isSame(fstatSync(fd), file.stats)) return false
      appendAll(fd, Buffer.from(text))
      file.stats = fstatSync(fd)
      return true
    } finally {
      closeSync(fd)
    }
  }

  /** Replaces the file by one with more columns. Writes nothing and returns false if another writer has changed the file. */
  #rewrite(file: KnownFile, columns: readonly string[], rows: readonly Row[]): boolean {
    const lines = [lineOf(columns)]
    const [, ...old] = file.stats ? linesOfFile(readFileSync(this.#path)) : []
    for (const { cells } of old) {
      const isBlank = cells.length === 1 && cells[0] === ''
      if (!isBlank) lines.push(rowLine(columns, new Map(cells.map((cell, at) => [file.columns[at] as string, cell]))))
    }
    for (const row of rows) lines.push(rowLine(columns, row))
    if (!isSame(statsOf(this.#path), file.stats)) return false
    replaceFile({ path: this.#path, mode: this.#mode }, lines.join(''))
    this.#file = { columns, stats: statsOf(this.#path) }
    return true
  }
}

/** Appends all of the bytes or none. After a failed write, removes what was written, unless another writer has appended to it. */
function appendAll(fd: number, bytes: Buffer): void {
  const { size } = fstatSync(fd)
  let done = 0
  const onWritten = (count: number) => {
    done += count
  }
  try {
    writeAll(fd, bytes, { onWritten })
  } catch (error) {
    if (fstatSync(fd).size === size + done) ftruncateSync(fd, size)
    throw error
  }
}

/** @throws if the path is not a regular file: reading a FIFO would block, and a device must not be replaced */
function statsOf(path: string): Stats | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats || stats.isFile()) return stats
  throw Object.assign(new Error(`EINVAL: not a regular file, '${path}'`), { code: 'EINVAL' })
}

function isSame(a: Stats | undefined, b: Stats | undefined): boolean {
  return a?.ino === b?.ino && a?.dev === b?.dev && a?.size === b?.size
}

function linesBefore(bytes: Buffer, end: number): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/**
 * Renames a file to the first free name of `PATH.unread-1`, `PATH.unread-2`, …, and creates a new file with `text` in its place.
 * Returns the new name of the old file, which no run reads or writes again.
 *
 * @throws the system's error. The file is then unchanged.
 */
function setAside(path: string, text: string, mode: number): string {
  for (let number = 1; ; number++) {
    const target = `${path}.unread-${number}`
    if (!linkOrCopy(path, target)) continue
    replaceFile({ path, mode }, text)
    return target
  }
}

/** Gives a file a second name by a hard link, or else copies it. Returns false if the name is taken. */
function linkOrCopy(path: string, target: string): boolean {
  try {
    linkSync(path, target)
    return true
  } catch (error) {
    if (isTaken(error)) return false
  }
  try {
    copyFileSync(path, target, constants.COPYFILE_EXCL) // the file system has no hard links
    return true
  } catch (error) {
    if (isTaken(error)) return false
    rmSync(target, { force: true })
    throw error
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST'
}

/** Returns a line as Python's csv module writes it: CRLF, and quotes where RFC 4180 needs them. */
export function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}

/** Orders a row's values by column. Missing values become empty cells. */
function rowLine(columns: readonly string[], row: Row): string {
  return lineOf(columns.map((column) => row.get(column) ?? ''))
}

/** A line of a CSV text. */
interface CsvLine {
  cells: string[]
  /** Position after the line break. */
  end: number
}

/**
 * Yields the lines of a CSV file, its header first, as far as the file is valid. It stops at a line that is torn, is not CSV, is
 * not UTF-8, or has more cells than the header. A header that names a column twice is invalid. Each `end` is in bytes.
 */
function* linesOfFile(bytes: Buffer): Generator<CsvLine> {
  const isValidUtf8 = isUtf8(bytes)
  let columns: number | undefined
  let start = 0
  // One character per byte, so that positions in the text are positions in the file.
  for (const { cells, end } of readLines(bytes.toString('latin1'))) {
    if (!isValidUtf8 && !isUtf8(bytes.subarray(start, end))) return
    const decoded = cells.map(decode)
    if (columns === undefined) {
      if (decoded[0]?.startsWith('\ufeff')) decoded[0] = decoded[0].slice(1) // a byte order mark
      if (new Set(decoded).size < decoded.length) return
      columns = decoded.length
    } else if (cells.length > columns) return
    yield { cells: decoded, end }
    start = end
  }
}

function decode(cell: string): string {
  return /[\x80-\xff]/.test(cell) ? Buffer.from(cell, 'latin1').toString() : cell
}

/** Yields the lines of a text, up to the first line that is incomplete or is not CSV. */
export function* readLines(text: string): Generator<CsvLine> {
  let cells: string[] = []
  for (let at = 0; at < text.length; ) {
    const isQuoted = text[at] === '"'
    const end = isQuoted ? quotedEnd(text, at) : plainEnd(text, at)
    cells.push(isQuoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end))
    if (text[end] === ',') {
      at = end + 1
      continue
    }
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1
    if (text[at - 1] !== '\n') return // a torn last line, or a quote in the middle of a cell
    yield { cells, end: at }
    cells = []
  }
}

/** Returns the position after the closing quote of the cell at `start`, or the end of the text if there is none. */
function quotedEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at === -1 ? text.length : at + 1
}

const special = /[",\r\n]/g

function plainEnd(text: string, start: number): number {
  special.lastIndex = start
  return special.exec(text)?.index ?? text.length
}
