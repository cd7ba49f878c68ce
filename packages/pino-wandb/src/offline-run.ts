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

/** The description of a run that the user gives. */
export interface OfflineRunOptions extends Omit<RunFacts, 'config' | 'host' | 'start'> {
  /** Name of the metric that holds the step of a record. It is the x axis of all other metrics. */
  stepMetric: string
  /** True writes the lines of the log as the run's console output. */
  console: boolean
}

/** Maximum length of the console text before the first metric, in UTF-16 code units. */
const maxEarlyText = 2 ** 20

/**
 * Writes a run as records of one file: a header, the run with its configuration, rows, a summary before each flush, and the exit.
 * Hyperparameters before the first metric are part of the run's configuration; later ones are added to it.
 *
 * W&B numbers the rows itself, in ascending order. So the step of a record is a metric of its own, as in Lightning. A record with
 * the same step as an earlier one, or a lower one, does not change earlier rows.
 */
export class OfflineRun implements RunWriter {
  readonly #file: RecordFile
  readonly #log: BlockLog
  readonly #options: OfflineRunOptions
  readonly #config = new Map<string, Item>()
  readonly #summary = new Map<string, Item>()
  readonly #stats = { records: 0, values: 0, drops: 0 }
  #recordNumber = 0
  #rowNumber = 0
  /** Time of the first metric record, in ms. */
  #startTime: number | undefined
  #hasHead = false
  #lengthBeforeExit = 0
  /** Console text that is not in the file yet. */
  #consoleText = ''

  constructor(file: RecordFile, log: BlockLog, options: OfflineRunOptions) {
    this.#file = file
    this.#log = log
    this.#options = options
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    this.#startTime ??= record.time
    if (record.hparams.length > 0) this.#configure(record.hparams)
    const values = valuesOf(record)
    if (values.length === 0 && record.images.length === 0) return
    if (!this.#hasHead) this.#putHead()
    for (const [name, image] of record.images) values.push(this.#putImage(name, image))
    this.#writeRow(values, record)
  }

  /** Adds text of the log to the console output. Text before the first metric is buffered until then, up to a limit. */
  see(text: string): void {
    if (!this.#options.console) return
    if (this.#hasHead || this.#consoleText.length < maxEarlyText) this.#consoleText += text
    if (this.#hasHead) this.#putConsole()
  }

  #putConsole(): void {
    const lines = this.#consoleText.split('\n')
    this.#consoleText = lines.pop() as string
    for (const line of lines) this.#put((number) => outputRecord(number, `${line}\n`))
  }

  flush(): void {
    this.#summarize()
    this.#file.flush()
  }

  close(end: RunEnd | undefined): void {
    if (!this.#hasHead && this.#startTime !== undefined) this.#putHead()
    if (this.#hasHead) {
      if (this.#consoleText !== '') this.see('\n')
      this.#summarize()
      this.#lengthBeforeExit = this.#log.length
      if (end) this.#putExit(end)
    }
    this.#file.close()
  }

  amend(end: RunEnd): void {
    if (!this.#log.reopen(this.#lengthBeforeExit)) return
    this.#recordNumber--
    this.#putExit(end)
    this.#file.close()
  }

  stats(): MetricStats {
    const { flushes, errors } = this.#file
    return { ...this.#stats, drops: this.#stats.drops + this.#file.drops, flushes, errors }
  }

  #putExit(end: RunEnd): void {
    this.#put((number) => exitRecord(number, end.exitCode, Math.round(this.#runtimeSeconds(Date.now()))))
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
    return { ...this.#options, config: [...this.#config.values()], host: hostname(), start: this.#startTime as number }
  }

  #writeRow(values: Item[], { time, step, epoch }: MetricRecord): void {
    const items = [...values]
    if (epoch !== undefined && !values.some(({ key }) => key === 'epoch')) items.push(item('epoch', epoch))
    items.push(item(this.#options.stepMetric, step))
    items.push(
      item('_timestamp', time / 1000),
      item('_runtime', this.#runtimeSeconds(time)),
      item('_step', this.#rowNumber),
    )
    if (!this.#put((number) => historyRecord(number, items, this.#rowNumber), true)) return
    this.#rowNumber++
    this.#stats.values += values.length
    for (const item of items) this.#summary.set(item.key, item)
  }

  #runtimeSeconds(time: number): number {
    return Math.max(0, time - (this.#startTime as number)) / 1000
  }

  /**
   * Writes an image into the folder from which it is uploaded. An error is only counted here: if the disk fails, the next flush
   * fails too, and reports it.
   */
  #putImage(name: string, { png, width, height }: Image): Item {
    const sha256 = createHash('sha256').update(png).digest('hex')
    const path = `media/images/${name.replace(/[^\w.-]/g, '_')}_${this.#rowNumber}_${sha256.slice(0, 20)}.png`
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

  /** Puts a record into the file. Returns false if there is no room. @param counts true if it has data of a record of the log */
  #put(record: (number: number) => Buffer, counts = false): boolean {
    const isPut = this.#log.put(record(this.#recordNumber + 1), counts)
    if (isPut) this.#recordNumber++
    return isPut
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

/** Returns a value as JSON of W&B, which has NaN and infinities as bare words. */
function jsonOf(value: Hparam): string {
  return typeof value === 'number' ? String(Object.is(value, -0) ? '-0.0' : value) : JSON.stringify(value)
}
