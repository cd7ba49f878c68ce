import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { timeOf } from 'pino-rank/record'
import { ranksText } from 'pino-rank-merge'
import { LineTime, recordIn } from 'pino-rank-merge/core'
import { headOf } from './file-head.ts'
import type { LogSource } from './find-sources.ts'

/** How many records of a source have a time. */
export interface SourceTimes {
  source: LogSource
  /** The name of the field in which the time was expected. */
  name: string
  /** Number of records without a time. */
  untimed: number
  /** False if none of its lines had a time. */
  hasTime: boolean
}

/** Maximum number of logs that a report names. */
const maxNamed = 3

/** Number of bytes of a log that are searched for another field with the time. */
const headBytes = 2 ** 16

/**
 * Returns reports about lines without a time. A report names the sources, what happens with the lines, and the `--time` that
 * would read them. Sources with the same problem have one report.
 *
 * @param all the sources that were read
 * @param noTime what happens with the lines of a log without any time
 */
export function timeReports(all: readonly SourceTimes[], noTime: string): string[] {
  const groups = new Map<string, { found: SourceTimes[]; other: string | undefined }>()
  for (const found of all) {
    if (found.hasTime && found.untimed === 0) continue
    const other = otherTimeName(found)
    const key = JSON.stringify([found.hasTime, found.name, other])
    const group = groups.get(key) ?? { found: [], other }
    group.found.push(found)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ found, other }) => reportOf(found, other, found.length === all.length, noTime))
}

function reportOf(found: readonly SourceTimes[], other: string | undefined, isAll: boolean, noTime: string): string {
  const [{ hasTime, name }] = found as [SourceTimes]
  const names = found.slice(0, maxNamed).map(({ source }) => fileName(source))
  const logs = `${names.join(', ')}${found.length > maxNamed ? ` and ${found.length - maxNamed} more` : ''}`
  const untimed = found.reduce((sum, { untimed }) => sum + untimed, 0)
  const what = hasTime
    ? `${untimed} ${untimed === 1 ? 'record has' : 'records have'} no time "${name}", and ${untimed === 1 ? 'follows' : 'follow'} the line before`
    : `no line has a time "${name}"; ${noTime}`
  if (other === undefined)
    return `${logs}: ${what}; --time NAME sets the field with the time, --time SOURCE=NAME that of one log`
  const ranks = found.map(({ source }) => source.rank)
  const sources = isAll
    ? ['']
    : ranks.every(Number.isInteger)
      ? [`${ranksText(ranks.map(String))}=`]
      : names.map((name) => `${name}=`)
  return `${logs}: ${what}; the records have "${other}": ${sources.map((source) => `--time ${quote(source + other)}`).join(' ')}`
}

function fileName({ files }: LogSource): string {
  return basename(files.at(-1) as string)
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Returns another field that has a time in the first records of a source; undefined if there is none. */
function otherTimeName({ source, name }: SourceTimes): string | undefined {
  const time = new LineTime(name)
  for (const line of firstLines(source.files.at(-1) as string)) {
    const record = recordIn(line)
    const found = record && time.of(record) === undefined ? timeNameIn(record) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** Returns the lines at the start of a file; none if it is not a regular file or cannot be read. */
function firstLines(file: string): string[] {
  try {
    return statSync(file).isFile() ? headOf(file, headBytes).toString().split('\n') : []
  } catch {
    return [] // for example a damaged compressed file
  }
}

/** Field names that loggers use for the time, the more common ones first. */
const knownNames = '@timestamp timestamp time ts datetime asctime date t @t at when created created_at eventTime'.split(
  ' ',
)

/** Values that are recognised as a time under any field name: a date, and a number of ms, µs or ns. */
const date = /^\d{4}[-/]?\d\d[-/]?\d\d[T ]/
const minNumber = 1e12

const earliest = Date.UTC(2000)

/**
 * Returns the name of a field that has a time between 2000 and tomorrow. Prefers a field with a known name, then one with a
 * date, then one with a number.
 */
function timeNameIn(record: object): string | undefined {
  const latest = Date.now() + 86_400_000
  const times = fieldsOf(record).filter(({ value }) => {
    const time = timeOf(value) ?? 0
    return time >= earliest && time < latest
  })
  const known = knownNames.map((known) => times.find(({ last }) => last === known))
  const found =
    known.find((field) => field !== undefined) ??
    times.find(({ value }) => date.test(String(value))) ??
    times.find(({ value }) => Number(value) >= minNumber)
  return found?.name
}

interface Field {
  name: string
  /** The last part of the name, without the object that contains the field. */
  last: string
  value: unknown
}

/** Returns the fields of a record and of the objects in it. */
function fieldsOf(record: object): Field[] {
  const own = Object.entries(record).map(([name, value]): Field => ({ name, last: name, value }))
  const inner = own.flatMap(({ name, value }) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([last, value]): Field => ({ name: `${name}.${last}`, last, value }))
      : [],
  )
  return [...own, ...inner]
}
