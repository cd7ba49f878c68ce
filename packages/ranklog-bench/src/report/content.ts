import {
  answerTable,
  type Disk,
  detailTables,
  hardestQuestions,
  percentText,
  type Result,
  shortAnswer,
  type Table,
} from '../results/index.ts'
import type { Chart, NoChart } from './chart.ts'
import { distributionChart } from './distribution-chart.ts'
import { scalingCharts } from './scaling-charts.ts'
import { timelineChart } from './timeline-chart.ts'

/** A part of the report. Its texts are plain; the HTML and Markdown renderers escape them. */
export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'chart'; chart: Chart }
  | { kind: 'table'; table: Table; isFolded: boolean }

export interface Content {
  title: string
  /** The date and the machine, in one line. */
  subtitle: string
  answer: readonly string[]
  blocks: readonly Block[]
}

/** Returns the content of the report, from the short answer to the details. */
export function reportContent(result: Result): Content {
  const all = chartsOf(result)
  const charts = all.filter((chart) => 'spec' in chart)
  const missing = all.flatMap((chart) => ('why' in chart ? [chart.why] : []))
  const { machine, noise, messages } = result
  return {
    title: 'What logging from every rank costs',
    subtitle: `${result.date.slice(0, 16).replace('T', ' ')} UTC · ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.platform}`,
    answer: shortAnswer(result),
    blocks: [
      { kind: 'table', table: answerTable(result), isFolded: false },
      { kind: 'heading', text: 'Charts' },
      ...charts.map((chart) => ({ kind: 'chart' as const, chart })),
      ...(missing.length > 0 ? [{ kind: 'list' as const, items: missing }] : []),
      { kind: 'heading', text: 'All figures' },
      ...withoutRepeats(detailTables(result)).map((table) => ({
        kind: 'table' as const,
        table,
        isFolded: Object.keys(table.rows[0] ?? {}).length > 12,
      })),
      { kind: 'heading', text: 'Noise' },
      { kind: 'text', text: noiseText(result) },
      ...(noise.warnings.length > 0 ? [{ kind: 'list' as const, items: noise.warnings }] : []),
      ...(messages.length > 0
        ? ([
            { kind: 'heading', text: 'What ranks wrote to stderr' },
            { kind: 'list', items: messages },
          ] as const)
        : []),
      { kind: 'heading', text: 'Machine, versions and options' },
      ...factTables(result).map((table) => ({ kind: 'table' as const, table, isFolded: false })),
    ],
  }
}

/** Removes the note of a table if the table before it has the same note. */
function withoutRepeats(tables: readonly Table[]): Table[] {
  return tables.map((table, i) => (table.about === tables[i - 1]?.about ? { ...table, about: '' } : table))
}

function chartsOf(result: Result): (Chart | NoChart)[] {
  const questions = hardestQuestions(result)
  const measured = result.disks.filter(({ name }) => result.cells.some(({ disk }) => disk === name))
  const scalings = measured.map((disk: Disk) => scalingCharts(result, disk))
  const distributions = questions.map(distributionChart)
  const none = { heading: 'Step time', why: 'No step times are drawn, because this run measured no mode.' }
  return [...(distributions.length > 0 ? distributions : [none]), ...scalings.flat(), timelineChart(result)]
}

function noiseText({ noise: { spread, otherCpu, warnings } }: Result): string {
  const other =
    otherCpu === null
      ? 'What other processes took of the CPU is not known.'
      : `Other processes took ${percentText(otherCpu)} of all cores.`
  const quiet = warnings.length === 0 ? ' Nothing made the machine look noisy.' : ''
  return `Between rounds p50 varied by ${percentText(spread)} (interquartile range ÷ median, median of all cells). ${other}${quiet}`
}

/** Returns the tables about the machine, the versions and the options. Most have two columns: name and value. */
function factTables({ machine, versions, options, failed, date }: Result): Table[] {
  const facts = {
    date,
    CPU: machine.cpu,
    cores: machine.cores,
    'memory GB': machine.memoryGB,
    platform: machine.platform,
  }
  const entries = Object.entries(options)
  const lists = entries.filter((entry): entry is [string, Facts[]] => isFactsList(entry[1]))
  const plain = entries.filter(([, value]) => !isFactsList(value))
  return [
    ...(failed.length > 0
      ? [{ title: 'Modes that failed, and have no figures', about: '', rows: rowsOfFacts(failed) }]
      : []),
    factTable('Machine', facts),
    factTable('Versions', versions),
    factTable('Options', Object.fromEntries(plain)),
    ...lists.map(([name, rows]) => ({ title: listTitles[name] ?? name, about: '', rows: rowsOfFacts(rows) })),
  ]
}

type Facts = Record<string, unknown>

/** Reports whether a value is a list of records, which makes a table. */
function isFactsList(value: unknown): value is Facts[] {
  const isRecord = (row: unknown) => typeof row === 'object' && row !== null && !Array.isArray(row)
  return Array.isArray(value) && value.length > 0 && value.every(isRecord)
}

/** Titles for the lists of records that the suite adds to the options. */
const listTitles: Readonly<Record<string, string>> = {
  rates: 'Rates of logging, as parts of the rate of the disk',
  harness: 'What the benchmark itself adds to a step, as a part of it',
}

/** Returns a row for each record. There is a column for each field that at least one record has. */
function rowsOfFacts(records: readonly object[]): Table['rows'] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
  const cellOf = (value: unknown) => (typeof value === 'number' ? value : value === undefined ? '' : factText(value))
  return records.map((record) => Object.fromEntries(names.map((name) => [name, cellOf((record as Facts)[name])])))
}

function factTable(title: string, facts: Facts): Table {
  return { title, about: '', rows: Object.entries(facts).map(([name, value]) => ({ name, value: factText(value) })) }
}

function factText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : joinTexts(value.map(factText))
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

function joinTexts(texts: readonly string[]): string {
  return texts.join(texts.some((text) => text.includes(',')) ? '; ' : ', ')
}
