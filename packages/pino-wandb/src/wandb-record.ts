import { field, wholeField } from 'pino-rank-metrics/sink'

/** Records of W&B's internal protocol, as its offline runs keep them: a number that grows from 1, and one message. */

const [history, summary, config, files, metric, outputRaw, run, exit, header] = [2, 3, 5, 6, 12, 13, 17, 18, 21]

/** A value in JSON, under one key: a `/` in it is part of the name. */
export interface Item {
  key: string
  json: string
}

/** What is known of a run at its start. */
export interface RunFacts {
  id: string
  project?: string | undefined
  entity?: string | undefined
  config: Item[]
  group?: string | undefined
  jobType?: string | undefined
  name?: string | undefined
  notes?: string | undefined
  tags?: readonly string[] | undefined
  host: string
  /** In ms since 1970. */
  start: number
  /** True for a run that is continued: the upload appends instead of writing over what is there. */
  resume?: boolean | undefined
}

export function headerRecord(number: number, producer: string): Buffer {
  return record(number, header, field(1, field(1, producer), field(2, '0.70.0')))
}

export function runRecord(number: number, facts: RunFacts): Buffer {
  const { id, project, entity, config: items, group, jobType, name, notes, tags = [], host, start, resume } = facts
  const text = (at: number, value: string | undefined) => (value === undefined ? [] : [field(at, value)])
  const seconds = Math.floor(start / 1000)
  const nanos = Math.round((start - 1000 * seconds) * 1e6)
  return record(
    number,
    run,
    ...text(1, id),
    ...text(2, entity),
    ...text(3, project),
    ...(items.length ? [field(4, ...items.map(configField))] : []),
    ...text(6, group),
    ...text(7, jobType),
    ...text(8, name),
    ...text(9, notes),
    ...tags.map((tag) => field(10, tag)),
    field(13, host),
    field(17, whole(1, seconds), whole(2, nanos)),
    whole(24, Number(resume ?? false)),
  )
}

/** What is added to a run's configuration. */
export function configRecord(number: number, items: readonly Item[]): Buffer {
  return record(number, config, ...items.map(configField))
}

/** A row. */
export function historyRecord(number: number, items: readonly Item[], step: number): Buffer {
  return record(number, history, ...items.map(itemField), field(2, whole(1, step)))
}

/** The last values. */
export function summaryRecord(number: number, items: Iterable<Item>): Buffer {
  return record(number, summary, ...Array.from(items, itemField))
}

/** Rows are shown over this metric instead of their number. */
export function stepMetricRecord(number: number, name: string): Buffer {
  return record(number, metric, field(2, '*'), field(4, name), field(6, whole(1, 1), whole(3, 1)))
}

/** Media that are uploaded at once. @param path in the run's folder `files` */
export function mediaRecord(number: number, path: string): Buffer {
  return record(number, files, field(1, field(1, path), whole(3, 2)))
}

/** A line of the console, with its `\n`. */
export function outputRecord(number: number, line: string): Buffer {
  return record(number, outputRaw, whole(1, 1), field(3, line))
}

/** The last record. @param runtime in s */
export function exitRecord(number: number, code: number, runtime: number): Buffer {
  return record(number, exit, whole(1, code), whole(2, runtime))
}

function record(number: number, kind: number, ...parts: Buffer[]): Buffer {
  return Buffer.concat([wholeField(1, number), field(kind, ...parts)])
}

function configField({ key, json }: Item): Buffer {
  return field(1, field(1, key), field(16, json))
}

function itemField({ key, json }: Item): Buffer {
  return field(1, field(2, key), field(16, json))
}

/** proto3 leaves out a 0. */
function whole(at: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : wholeField(at, value)
}
