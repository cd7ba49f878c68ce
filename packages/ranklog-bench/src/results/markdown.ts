import { shortAnswer } from './answer.ts'
import { answerTable, medianOf } from './answer-table.ts'
import { total } from './cells.ts'
import { percentText } from './figures.ts'
import type { Cell, Disk, Result } from './result.ts'
import { renderTables, type Table } from './table.ts'

const parts: readonly [part: Cell['part'], title: string][] = [
  ['modes', 'All modes'],
  ['control', 'Controls: the same as another cell, once more'],
  ['ranks', 'Cost against ranks'],
  ['lines', 'Cost against lines a step'],
  ['bytes', 'Cost against the size of a line'],
]

const about = `Medians of the rounds; max and longest call: the maximum of all rounds. Times are in ms and, unless the name says otherwise, of a step.
Write calls, switches (context switches) and lines/s: of all ranks, in a round. CPU: user and system time of all ranks, in a step. RSS: the largest of
any rank. Logged, lost, torn, twice: number of lines of all rounds.`

/** Returns the short answer and its table in Markdown. */
export function answerMarkdown(result: Result): string {
  return `${shortAnswer(result).join('\n')}\n\n${renderTables([answerTable(result)])}\n`
}

/** Returns all figures in Markdown: the disks, a table for each part of the suite, the noise, the machine and the versions. */
export function detailsMarkdown(result: Result): string {
  return `${[renderTables(detailTables(result)), noiseText(result), whereText(result)].join('\n\n')}\n`
}

/** Returns the figures of all disks and cells: a table of the disks, and one for each part of the suite on each disk. */
export function detailTables(result: Result): Table[] {
  return [diskTable(result.disks), ...parts.flatMap(([part, title]) => partTables(result, part, title))]
}

/** Returns the machine, the versions and the options of a result, in Markdown. */
export function whereText({ machine, versions, date, options }: Result): string {
  const { cpu, cores, memoryGB, platform } = machine
  const software = Object.entries(versions).map((version) => version.join(' '))
  const isPlain = (value: unknown) => value !== null && [value].flat().every((part) => typeof part !== 'object')
  const given = Object.entries(options).filter(([, value]) => isPlain(value) && `${value}` !== '')
  const where = `${cpu}, ${cores} cores, ${memoryGB} GB, ${platform}; ${software.join(', ')}.`
  return `### Where\n\n${date}. ${where}\n\nOptions: ${given.map(([name, value]) => `${name} ${[value].flat().join(', ')}`).join('; ')}.`
}

function noiseText({ noise }: Result): string {
  const other = noise.otherCpu === null ? '' : ` Other processes took ${percentText(noise.otherCpu)} of all cores.`
  const spread = `Between rounds p50 varied by ${percentText(noise.spread)} (interquartile range ÷ median, median of all cells).`
  return ['### Noise', `${spread}${other}`, ...noise.warnings.map((warning) => `- ${warning}`)].join('\n\n')
}

function diskTable(disks: readonly Disk[]): Table {
  const rows = disks.map(({ name, fileSystem, bytesPerSecond, fsyncMs, note }) => ({
    disk: name,
    'file system': fileSystem,
    'MB/s': bytesPerSecond === undefined ? null : bytesPerSecond / 1e6,
    'fsync ms': fsyncMs ?? null,
    note: note ?? '',
  }))
  return {
    title: 'Disks',
    about:
      'MB/s: when appending to a file, including one fsync at the end. fsync: median time of an fsync after 4 KiB.',
    rows,
  }
}

/** Returns a table for each disk. */
function partTables({ disks, cells }: Result, part: Cell['part'], title: string): Table[] {
  return disks.flatMap(({ name }) => {
    const rows = cells.filter((cell) => cell.part === part && cell.disk === name).map(rowOf)
    return rows.length > 0 ? [{ title: `${title}, disk ${name}`, about, rows }] : []
  })
}

function rowOf(cell: Cell): Table['rows'][number] {
  const maxOf = (figure: 'max' | 'longestCall') => Math.max(...cell.rounds.map((round) => round[figure]))
  return {
    mode: cell.mode,
    ranks: cell.ranks,
    'lines a step': cell.linesPerStep,
    'bytes a line': cell.lineBytes,
    p50: medianOf(cell, 'p50'),
    p95: medianOf(cell, 'p95'),
    p99: medianOf(cell, 'p99'),
    max: maxOf('max'),
    'stall of rank 0': medianOf(cell, 'stallRank0'),
    'of others': medianOf(cell, 'stallOthers'),
    'longest call': maxOf('longestCall'),
    'barrier loss': medianOf(cell, 'barrierLoss'),
    'lines/s': medianOf(cell, 'linesPerSecond'),
    MB: (medianOf(cell, 'bytes') ?? Number.NaN) / 1e6,
    'write calls': medianOf(cell, 'writeCalls'),
    switches: medianOf(cell, 'contextSwitches'),
    CPU: medianOf(cell, 'cpu'),
    'RSS MB': medianOf(cell, 'rss'),
    logged: total(cell, 'logged'),
    lost: total(cell, 'lost'),
    torn: total(cell, 'torn'),
    twice: total(cell, 'twice'),
  }
}
