import { dirname, join, parse } from 'node:path'
import { claimFile, folderMode, makeFolder, otherWriter, releaseFile, replaceFile } from 'pino-rank-lines/system'
import type { HparamItem, MetricRecord, MetricStats, NameWarnings, RunWriter } from 'pino-rank-metrics/sink'
import { type Row, RowFile } from './row-file.ts'

export interface CsvRunOptions {
  /** Returns the path of metrics.csv. Called at the first record. */
  path(): string
  /** True if the file's name contains the rank, so that files of several ranks may share a folder. */
  isPerRank: boolean
  mode: number
  queueBytes: number
}

/** The paths of a run's files. */
interface RunFiles {
  rows: string
  hparams: string
}

/** Maximum number of processes that may write runs with the same path. */
const maxWriters = 1000

/**
 * Writes a run as a CSV file, one row per record, and its hyperparameters as a YAML file next to it. Only one process writes a
 * file. If another process already writes it, this run's files get a number (`metrics-2.csv`, `hparams-2.yaml`).
 */
export class CsvRun implements RunWriter {
  readonly #options: CsvRunOptions
  readonly #warnings: NameWarnings
  readonly #file: RowFile
  readonly #hparams = new Map<string, HparamItem>()
  #path: string | undefined
  /** The claimed files. Set from the first row on. */
  #files: RunFiles | undefined
  #hasUnsavedHparams = false
  #rows: Row[] = []
  #bufferedBytes = 0
  #isFailing = false
  readonly #stats: MetricStats = { records: 0, values: 0, flushes: 0, drops: 0, errors: 0 }

  constructor(options: CsvRunOptions, warnings: NameWarnings) {
    this.#options = options
    this.#warnings = warnings
    this.#file = new RowFile(options.mode, (line) => warnings.report(line))
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    for (const [name, value] of [...record.hparams, ...record.hparamLists]) this.#hparams.set(name, value)
    this.#hasUnsavedHparams ||= record.hparams.length > 0
    for (const [name] of record.histograms) this.#warnings.warn(name, 'a histogram, which a CSV cell cannot hold')
    for (const [name] of record.images) this.#warnings.warn(name, 'an image, which a CSV cell cannot hold')
    const values = record.scalars.length + record.texts.length
    if (values > 0) this.#add(rowOf(record), values)
  }

  flush(): void {
    if (this.#rows.length === 0 && !this.#hasUnsavedHparams) return
    try {
      if (this.#rows.length > 0) this.#claim()
      if (this.#hasUnsavedHparams) this.#saveHparams()
      if (this.#files && this.#rows.length > 0) this.#file.append(this.#files.rows, this.#rows)
    } catch (error) {
      this.#stats.errors++
      this.#isFailing = true
      throw error
    }
    this.#isFailing = false
    this.#rows = []
    this.#bufferedBytes = 0
    this.#stats.flushes++
  }

  close(): void {
    try {
      this.flush()
    } finally {
      this.#stats.drops += this.#rows.length
      if (this.#files) releaseFile(this.#files.rows)
      this.#files = undefined
    }
  }

  stats(): MetricStats {
    return { ...this.#stats }
  }

  #add(row: Row, values: number): void {
    const size = [...row].reduce((sum, [column, cell]) => sum + column.length + cell.length + 32, 0)
    if (this.#bufferedBytes + size > this.#options.queueBytes && this.#rows.length > 0) {
      this.#makeRoom()
      if (this.#rows.length > 0) {
        this.#stats.drops++
        return
      }
    }
    this.#rows.push(row)
    this.#bufferedBytes += size
    this.#stats.values += values
  }

  /** Flushes, unless the last flush failed. An error is not reported here, because the next regular flush fails and reports it. */
  #makeRoom(): void {
    try {
      if (!this.#isFailing) this.flush()
    } catch {
      this.#isFailing = true
    }
  }

  #saveHparams(): void {
    const { hparams } = this.#files ?? this.#findFiles(otherWriter)
    makeFolder(dirname(hparams), folderMode(this.#options.mode))
    replaceFile({ path: hparams, mode: this.#options.mode }, yamlOf(this.#hparams))
    this.#hasUnsavedHparams = false
  }

  /** Claims the files. Hyperparameters that are saved already are saved again, because another run may have replaced them. */
  #claim(): void {
    if (this.#files) return
    makeFolder(dirname(this.#ownPath()), folderMode(this.#options.mode))
    this.#files = this.#findFiles(claimFile)
    this.#hasUnsavedHparams = this.#hparams.size > 0
    const { rows } = this.#files
    if (rows !== this.#ownPath())
      this.#warnings.report(`another process writes to this file; this process writes to ${rows}`)
  }

  /**
   * Returns the paths of the first files that no other process writes to.
   *
   * @param holderOf returns the other process that writes to a file, if there is one
   */
  #findFiles(holderOf: (path: string) => object | undefined): RunFiles {
    const { dir, name, ext } = parse(this.#ownPath())
    for (let number = 1; number < maxWriters; number++) {
      const suffix = number === 1 ? '' : `-${number}`
      const rows = number === 1 ? this.#ownPath() : join(dir, `${name}${suffix}${ext}`)
      const hparams = this.#options.isPerRank ? `${name}.hparams${suffix}.yaml` : `hparams${suffix}.yaml`
      if (!holderOf(rows)) return { rows, hparams: join(dir, hparams) }
    }
    throw Object.assign(new Error(`EBUSY: ${maxWriters} other processes write to it, '${this.#ownPath()}'`), {
      code: 'EBUSY',
    })
  }

  #ownPath(): string {
    this.#path ??= this.#options.path()
    return this.#path
  }
}

function rowOf({ scalars, texts, step, epoch }: MetricRecord): Row {
  const row = new Map<string, string>()
  if (epoch !== undefined) row.set('epoch', numberCell(epoch))
  row.set('step', numberCell(step))
  for (const [name, value] of scalars) row.set(toWellFormed(name), numberCell(value))
  for (const [name, text] of texts) row.set(toWellFormed(name), text)
  return row
}

/** Returns a number as Python writes it. */
function numberCell(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value)
  return value > 0 ? 'inf' : '-inf'
}

/** Replaces each lone surrogate by U+FFFD, as UTF-8 does. Otherwise a column would have another name when it is read back. */
function toWellFormed(name: string): string {
  return /\p{Surrogate}/u.test(name) ? Buffer.from(name).toString() : name
}

/** A YAML value. NaN and infinities are numbers. */
export type YamlValue = null | boolean | number | string | readonly YamlValue[] | { readonly [key: string]: YamlValue }

/**
 * Returns a mapping as block YAML that every reader of YAML 1.1 or 1.2, such as PyYAML, reads as the same keys and values. All
 * strings are in double quotes, and so is a key that a reader could take for a boolean, a number or null.
 */
export function yamlOf(entries: Iterable<readonly [key: string, value: YamlValue]>): string {
  let text = ''
  for (const [key, value] of entries) text += `${keyOf(key)}: ${flow(value)}\n`
  return text || '{}\n'
}

/** Words that YAML 1.1 reads as a boolean or as null, in any mix of cases. */
const reserved = /^(?:y|yes|n|no|on|off|true|false|null)$/i

/** Maximum length of a key without `?`. YAML requires its `:` within 1024 characters. */
const maxPlainKey = 1000

function keyOf(key: string): string {
  if (/^[A-Za-z_][\w./-]*$/.test(key) && key.length < maxPlainKey && !reserved.test(key)) return key
  const text = quote(key)
  return text.length < maxPlainKey ? text : `? ${text}\n`
}

function flow(value: YamlValue): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return numberOf(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  const entries = Object.entries(value as { [key: string]: YamlValue })
  return `{${entries.map(([key, inner]) => `? ${quote(key)} : ${flow(inner)}`).join(', ')}}`
}

/** Returns a number as YAML. YAML 1.1 reads a number with an exponent as a string unless it has a point and a signed exponent. */
function numberOf(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  if (Object.is(value, -0)) return '-0.0'
  return String(value).replace(/^(-?\d+)e/, '$1.0e')
}

/** Matches characters that need an escape in double quotes: all but visible characters and the space. */
const escaped = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["\\]/gu

function quote(text: string): string {
  return `"${text.replace(escaped, escapeOf)}"`
}

function escapeOf(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  if (/\p{Surrogate}/u.test(character)) return '\\ufffd' // a lone surrogate: a reader might reject the whole file
  const code = (character.codePointAt(0) as number).toString(16)
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
}
