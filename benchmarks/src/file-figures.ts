import { describeWhere, type Report } from './report.ts'
import { renderTables, type Table } from './table.ts'

type Row = Table['rows'][number]

const about = `Ratios are below 1 where the writer takes less than what stands beside it: median over the pairs of a round [95 %
interval]. Bad: lines lost, torn or doubled in all rounds.`

/** The rows that a goal is set for, of the reports of `writer` and `memory`: what a user of the package asks first. */
export function fileFigures(reports: readonly Report[]): string {
  return reports.map((report) => `${describeWhere(report)}\n\n${renderTables(tablesOf(report))}\n`).join('\n')
}

function tablesOf({ benchmark, tables }: Report): Table[] {
  if (benchmark !== 'writer') return tables.map((table) => ({ ...table, rows: table.rows.filter(({ goal }) => goal) }))
  const rows = tables.flatMap((costs, i) => {
    const ratios = tables[i + 1]?.rows ?? []
    return i % 2 === 0 ? ratios.filter(({ goal }) => goal).map((ratio) => joined(ratio, costs)) : []
  })
  return [{ title: 'Speed', about, rows }]
}

/** A comparison with the costs of both sides; the costs stand in the table before. */
function joined(ratio: Row, costs: Table): Row {
  const costOf = (writer: Row[string] | undefined) => costs.rows.find((row) => row.writer === writer) ?? {}
  const own = costOf(ratio.writer)
  const other = costOf(ratio.beside)
  return {
    ranks: Number.parseInt(costs.title, 10) || 1,
    writer: ratio.writer ?? null,
    'lines/s': own['lines/s'] ?? null,
    'RSS MB': own['RSS MB'] ?? null,
    bad: badOf(own),
    beside: ratio.beside ?? null,
    'its lines/s': other['lines/s'] ?? null,
    'its RSS MB': other['RSS MB'] ?? null,
    'its bad': badOf(other),
    'wall ratio': ratio['wall ratio'] ?? null,
    'CPU ratio': ratio['CPU ratio'] ?? null,
    goal: ratio.goal ?? null,
  }
}

function badOf({ torn, lost, twice }: Row): number {
  return Number(torn) + Number(lost) + Number(twice)
}
