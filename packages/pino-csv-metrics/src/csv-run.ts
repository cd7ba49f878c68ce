import { dirname, join } from 'node:path'
import { makeFolder, replaceFile } from 'pino-rank-file/writer'
import type { Hparam, MetricRecord, MetricStats, NameWarnings, RunWriter } from 'pino-rank-metrics/sink'
import { numberCell, type Row } from './csv-text.ts'
import { RowFile } from './row-file.ts'

export interface CsvRunOptions {
  /** Of metrics.csv; asked at the first record. */
  path(): string
  mode: number
  queueBytes: number
}

/** A run as a CSV file, a row a record, and its hyperparameters as YAML beside it. */
export class CsvRun implements RunWriter {
  readonly #options: CsvRunOptions
  readonly #warnings: NameWarnings
  readonly #file: RowFile
  readonly #hparams = new Map<string, Hparam>()
  #path: string | undefined
  #unsaved = false
  #rows: Row[] = []
  #waiting = 0
  #failing = false
  readonly #stats: MetricStats = { records: 0, values: 0, flushes: 0, drops: 0, errors: 0 }

  constructor(options: CsvRunOptions, warnings: NameWarnings) {
    this.#options = options
    this.#warnings = warnings
    this.#file = new RowFile(() => this.#where(), options.mode)
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    for (const [name, value] of record.hparams) this.#hparams.set(name, value)
    this.#unsaved ||= record.hparams.length > 0
    for (const [name] of record.histograms) this.#warnings.warn(name, 'a histogram, which a cell cannot hold')
    for (const [name] of record.images) this.#warnings.warn(name, 'an image, which a cell cannot hold')
    const values = record.scalars.length + record.texts.length
    if (values > 0) this.#add(rowOf(record), values)
  }

  flush(): void {
    if (this.#rows.length === 0 && !this.#unsaved) return
    try {
      if (this.#unsaved) this.#save()
      if (this.#rows.length > 0) this.#file.append(this.#rows)
    } catch (error) {
      this.#stats.errors++
      this.#failing = true
      throw error
    }
    this.#failing = false
    this.#rows = []
    this.#waiting = 0
    this.#stats.flushes++
  }

  close(): void {
    try {
      this.flush()
    } finally {
      this.#stats.drops += this.#rows.length
    }
  }

  stats(): MetricStats {
    return { ...this.#stats }
  }

  #add(row: Row, values: number): void {
    const size = [...row].reduce((sum, [column, cell]) => sum + column.length + cell.length + 32, 0)
    if (this.#waiting + size > this.#options.queueBytes && this.#rows.length > 0) {
      this.#makeRoom()
      if (this.#rows.length > 0) {
        this.#stats.drops++
        return
      }
    }
    this.#rows.push(row)
    this.#waiting += size
    this.#stats.values += values
  }

  /** A disk that has failed is asked again by the next flush only; a fault of this one is told there. */
  #makeRoom(): void {
    try {
      if (!this.#failing) this.flush()
    } catch {
      this.#failing = true
    }
  }

  /** JSON's scalars are YAML's. */
  #save(): void {
    const lines = [...this.#hparams].map(([name, value]) => `${keyOf(name)}: ${JSON.stringify(value)}\n`)
    const folder = dirname(this.#where())
    makeFolder(folder)
    replaceFile({ path: join(folder, 'hparams.yaml'), mode: this.#options.mode }, lines.join(''))
    this.#unsaved = false
  }

  #where(): string {
    this.#path ??= this.#options.path()
    return this.#path
  }
}

function rowOf({ scalars, texts, step, epoch }: MetricRecord): Row {
  const row = new Map<string, string>()
  if (epoch !== undefined) row.set('epoch', numberCell(epoch))
  row.set('step', numberCell(step))
  for (const [name, value] of scalars) row.set(name, numberCell(value))
  for (const [name, text] of texts) row.set(name, text)
  return row
}

function keyOf(name: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(name) ? name : JSON.stringify(name)
}
