import type { BenchmarkName } from './questions.ts'
import type { Report } from './report.ts'
import { renderValue, type Table } from './table.ts'

type Row = Table['rows'][number]

/** The figures in the README of a package. */
interface Headline {
  /** The benchmarks that the README links to. The first one has the figures. */
  benchmarks: readonly BenchmarkName[]
  /** Returns the sentences. A sentence is undefined if its figures were not measured. */
  sentences(figures: Figures): (string | undefined)[]
}

/** The headlines, by the folder of the package. */
export const headlines: Record<string, Headline> = {
  'pino-rank-file': { benchmarks: ['job', 'writer', 'memory'], sentences: ofFiles },
  'pino-tensorboard': { benchmarks: ['metrics', 'encoder'], sentences: ofMetrics },
  'pino-rank-merge': { benchmarks: ['merge'], sentences: ofMerges },
  ranklog: { benchmarks: ['run', 'merge'], sentences: ofRuns },
}

function ofFiles(figures: Figures): (string | undefined)[] {
  const [ours, theirs] = ['pino-rank-file, rankLogger', 'pino/file'] as const
  const one = figures.ratio('job', /^a: .* ratios$/, ours, theirs)
  const all = figures.ratio('job', /^c: .* ratios$/, ours, theirs)
  const bad = [ours, theirs].map((writer) => badOf(figures.row('job', /^c: .* costs$/, { writer })))
  return [
    one && `Lines of one rank, as fast as it can: ${one} of the time of \`pino/file\`.`,
    all && `Of 8 ranks into one file: ${all}, with ${bad[0]} bad lines (\`pino/file\`: ${bad[1]}).`,
  ]
}

function ofMetrics(figures: Figures): (string | undefined)[] {
  const title = /^Scalars into an event file$/
  const ours = 'pino-tensorboard, target'
  const row = figures.row('metrics', title, { writer: ours })
  const times = (rival: string) => figures.ratio('metrics', title, ours, rival)
  const encoder = figures.ratio('encoder', /^The encoder alone$/, 'pino-tensorboard', 'protobufjs')
  return [
    row && `${show(row['scalars/s'])} scalars/s into an event file.`,
    comparison({
      'torch SummaryWriter': times('torch SummaryWriter'),
      tensorboardX: times('tensorboardX'),
      'tfjs-node': times('tfjs-node summaryFileWriter'),
      'protobufjs (the encoder alone)': encoder,
    }),
  ]
}

function ofMerges(figures: Figures): (string | undefined)[] {
  const title = /^8 files, fine$/
  const ours = 'ranklog merge'
  const row = figures.row('merge', title, { tool: ours })
  const times = (rival: string) => figures.ratio('merge', title, ours, rival)
  const isBusy = 'a core busy'
  return [
    row && `${show(row['MB/s'])} MB/s from 8 files into one.`,
    comparison({
      '`dd bs=256k`': times('dd bs=256k'),
      '`cat`': times('cat'),
      '`cat` with a busy core': figures.ratio('merge', / busy$/, `${ours}, ${isBusy}`, `cat, ${isBusy}`),
      '`sort -m`': times('sort -m, lexical'),
      DuckDB: figures.ratio('merge', /, and what others sort with$/, ours, 'duckdb'),
    }),
  ]
}

function ofRuns(figures: Figures): (string | undefined)[] {
  const title = /^8 ranks as fast as they can$/
  const order = (row: Row) => `${badOf(row)} bad lines, ${show(row['behind %'])} % out of order`
  const row = figures.row('run', title, { tool: 'ranklog run' })
  const rivals = ['parallel --line-buffer', 'torchrun --tee'].map((tool) => {
    const rival = figures.row('run', title, { tool })
    return rival && `\`${tool}\`: ${show(rival.ratio)} times as many, ${order(rival)}.`
  })
  const speed = row && `${show(row['lines/s'])} lines/s of 8 ranks on one stdout, p99 ${show(row['p99 ms'])} ms`
  return [row && `${speed}, ${order(row)}.`, ...rivals]
}

/** Returns a sentence with the ratios of our time to that of rivals. */
function comparison(ratios: Record<string, string | undefined>): string | undefined {
  const found = Object.entries(ratios).filter(([, ratio]) => ratio !== undefined)
  if (found.length === 0) return undefined
  return `Time, as part of the time of others: ${found.map(([rival, ratio]) => `${rival} ${ratio}`).join(', ')}.`
}

/** Finds figures in the tables of reports. */
export class Figures {
  readonly #reports: readonly Report[]

  constructor(reports: readonly Report[]) {
    this.#reports = reports
  }

  /** Returns the first row with these values, in the first table with this title. */
  row(benchmark: BenchmarkName, title: RegExp, values: Row): Row | undefined {
    const report = this.#reports.find((report) => report.benchmark === benchmark)
    const table = report?.tables.find((table) => title.test(table.title))
    return table?.rows.find((row) => Object.entries(values).every(([column, value]) => row[column] === value))
  }

  /** Returns a ratio of times, with its interval, from the row in which `name` is compared with `baseline`. */
  ratio(benchmark: BenchmarkName, title: RegExp, name: string, baseline: string): string | undefined {
    const row = ['writer', 'tool']
      .map((column) => this.row(benchmark, title, { [column]: name, 'compared with': baseline }))
      .find(Boolean)
    const ratio = row?.['wall ratio'] ?? row?.['time ratio']
    return ratio == null ? undefined : show(ratio)
  }
}

function show(value: Row[string] | undefined): string {
  return renderValue(value ?? null)
}

/** Returns the number of lines that are torn, lost or doubled. */
function badOf({ torn, lost, twice }: Row = {}): string {
  return show(Number(torn ?? 0) + Number(lost ?? 0) + Number(twice ?? 0))
}
