import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { folderMode, makeFolder } from 'pino-rank-lines/system'
import type { Hparam, Image, MetricRecord, MetricStats, RecordFile, RunEnd, RunWriter } from 'pino-rank-metrics/sink'
import {
  type BlockLog,
  configRecord,
  exitRecord,
  headerRecord,
  historyRecord,
  type Item,
  mediaRecord,
  outputRecord,
  type RunFacts,
  runRecord,
  stepMetricRecord,
  summaryRecord,
} from './wandb-format.ts'

/** What the user says of a run. */
export interface OfflineRunOptions extends Omit<RunFacts, 'config' | 'host' | 'start'> {
  /** The metric that holds the step: rows are shown over it. */
  stepMetric: string
  /** Is the log's text the run's console? */
  console: boolean
}

/** Maximum length of console text that is buffered until the first metric, in UTF-16 units. */
const maxEarlyText = 2 ** 20

/**
 * A run as records of one file: header, run with its configuration, rows, the last values before each flush, exit.
 * Hyperparameters before the first metric are part of the run's record, later ones are added to it.
 *
 * W&B numbers rows itself and wants them to grow, so the step of a record is a metric of its own (as Lightning has it):
 * rows of one step, and of a lower one, stay as they are.
 */
export class OfflineRun implements RunWriter {
  readonly #file: RecordFile
  readonly #log: BlockLog
  readonly #options: OfflineRunOptions
  readonly #config = new Map<string, Item>()
  readonly #summary = new Map<string, Item>()
  readonly #stats = { records: 0, values: 0, drops: 0 }
  #number = 0
  #row = 0
  /** Time of the first record, and of the last. */
  #start: number | undefined
  #last = 0
  #hasHead = false
  #lengthBeforeExit = 0
  /** Console output that is not put into the file yet. */
  #text = ''

  constructor(file: RecordFile, log: BlockLog, options: OfflineRunOptions) {
    this.#file = file
    this.#log = log
    this.#options = options
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    this.#start ??= record.time
    this.#last = Math.max(this.#last, record.time)
    if (record.hparams.length > 0) this.#configure(record.hparams)
    const values = valuesOf(record)
    if (values.length === 0 && record.images.length === 0) return
    if (!this.#hasHead) this.#putHead()
    for (const [name, image] of record.images) values.push(this.#media(name, image))
    this.#writeRow(values, record)
  }

  /** What comes before the first metric waits for it, the first of it at least. */
  see(text: string): void {
    if (!this.#options.console) return
    if (this.#hasHead || this.#text.length < maxEarlyText) this.#text += text
    if (this.#hasHead) this.#putConsole()
  }

  #putConsole(): void {
    const lines = this.#text.split('\n')
    this.#text = lines.pop() as string
    for (const line of lines) this.#put((number) => outputRecord(number, `${line}\n`))
  }

  flush(): void {
    this.#summarize()
    this.#file.flush()
  }

  close(end: RunEnd | undefined): void {
    if (!this.#hasHead && this.#start !== undefined) this.#putHead()
    if (this.#hasHead) {
      if (this.#text !== '') this.see('\n')
      this.#summarize()
      this.#lengthBeforeExit = this.#log.length
      if (end) this.#putExit(end)
    }
    this.#file.close()
  }

  amend(end: RunEnd): void {
    if (!this.#log.reopen(this.#lengthBeforeExit)) return
    this.#number--
    this.#putExit(end)
    this.#file.close()
  }

  stats(): MetricStats {
    const { flushes, errors } = this.#file
    return { ...this.#stats, drops: this.#stats.drops + this.#file.drops, flushes, errors }
  }

  #putExit(end: RunEnd): void {
    this.#put((number) => exitRecord(number, end.exitCode, Math.round(this.#runtime(Date.now()))))
  }

  #summarize(): void {
    if (this.#summary.size > 0) this.#put((number) => summaryRecord(number, this.#summary.values()))
    this.#summary.clear()
  }

  #configure(hparams: MetricRecord['hparams']): void {
    const items = hparams.map(([key, value]) => ({ key, json: jsonOf(value) }))
    if (this.#hasHead) this.#put((number) => configRecord(number, items), true)
    else for (const item of items) this.#config.set(item.key, item)
  }

  #putHead(): void {
    this.#hasHead = true
    this.#put((number) => headerRecord(number, 'pino-wandb'))
    this.#put((number) => runRecord(number, this.#facts()))
    this.#put((number) => stepMetricRecord(number, this.#options.stepMetric))
    this.#putConsole()
  }

  #facts(): RunFacts {
    return { ...this.#options, config: [...this.#config.values()], host: hostname(), start: this.#start as number }
  }

  #writeRow(values: Item[], { time, step, epoch }: MetricRecord): void {
    const items = [...values]
    if (epoch !== undefined && !values.some(({ key }) => key === 'epoch')) items.push(item('epoch', epoch))
    items.push(item(this.#options.stepMetric, step))
    items.push(item('_timestamp', time / 1000), item('_runtime', this.#runtime(time)), item('_step', this.#row))
    if (!this.#put((number) => historyRecord(number, items, this.#row), true)) return
    this.#row++
    this.#stats.values += values.length
    for (const item of items) this.#summary.set(item.key, item)
  }

  /** In s. */
  #runtime(time: number): number {
    return Math.max(0, time - (this.#start as number)) / 1000
  }

  /** Puts an image where the upload looks for it. A disk that refuses it also fails at the next flush, and is reported then. */
  #media(name: string, { png, width, height }: Image): Item {
    const sha256 = createHash('sha256').update(png).digest('hex')
    const path = `media/images/${name.replace(/[^\w.-]/g, '_')}_${this.#row}_${sha256.slice(0, 20)}.png`
    try {
      this.#file.open()
      const target = join(dirname(this.#file.path as string), 'files', path)
      const { mode } = this.#file
      makeFolder(dirname(target), folderMode(mode))
      writeFileSync(target, png, { mode })
      this.#put((number) => mediaRecord(number, path))
    } catch {
      this.#stats.drops++
    }
    const value = { _type: 'image-file', path, sha256, size: png.length, format: 'png', width, height }
    return { key: name, json: JSON.stringify(value) }
  }

  /** @param counts is it what a record of the log said? */
  #put(record: (number: number) => Buffer, counts = false): boolean {
    const put = this.#log.put(record(this.#number + 1), counts)
    if (put) this.#number++
    return put
  }
}

function valuesOf({ scalars, texts, histograms }: MetricRecord): Item[] {
  return [
    ...scalars.map(([name, value]) => item(name, value)),
    ...texts.map(([name, text]) => ({ key: name, json: JSON.stringify(text) })),
    ...histograms.map(([name, { counts, edges }]) => {
      return { key: name, json: JSON.stringify({ _type: 'histogram', values: counts, bins: edges }) }
    }),
  ]
}

function item(key: string, value: number): Item {
  return { key, json: jsonOf(value) }
}

/** W&B's JSON has NaN and infinities as bare words. */
function jsonOf(value: Hparam): string {
  return typeof value === 'number' ? String(Object.is(value, -0) ? '-0.0' : value) : JSON.stringify(value)
}
