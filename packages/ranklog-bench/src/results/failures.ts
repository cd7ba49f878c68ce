import { countText, oneLine } from 'pino-rank/sink'
import { total } from './cells.ts'
import { listText } from './figures.ts'
import { isOurs } from './modes.ts'
import type { Cell, FailedCell, Result } from './result.ts'

/** Returns a sentence for each cell in which one of our sinks lost or tore lines, wrote lines twice, or failed. */
export function failures({ cells, failed }: Result): string[] {
  return [
    ...failed.filter(({ mode }) => isOurs(mode)).map((cell) => `wrong: ${placeOf(cell)}: ${cell.error}`),
    ...cells.filter(({ mode }) => isOurs(mode)).flatMap(badLines),
  ]
}

/** Maximum number of characters of a reason. */
const maxReason = 200

/** Returns a sentence for each mode that failed: its name and the reason. */
export function failedSentences({ failed }: Result): string[] {
  const modes = [...new Set(failed.map(({ mode }) => mode))]
  return modes.map((mode) => {
    const [first, ...others] = failed.filter((cell) => cell.mode === mode) as [FailedCell, ...FailedCell[]]
    const more = others.length > 0 ? ` It failed in ${countText(others.length, 'other job')}, too.` : ''
    const where = `${countText(first.ranks, 'rank')} on the disk ${first.disk}`
    return `The mode ${mode} could not be measured with ${where}: ${reasonOf(first)}.${more}`
  })
}

/** Returns the reason in one line: how the rank ended, and the line of its stderr that names the error. */
function reasonOf({ error, mode }: FailedCell): string {
  const [end = '', stderr = ''] = error
    .replace('ranklog-bench: ', '')
    .replace(` in "${mode}"`, '')
    .split('; its stderr: ')
  const lines = stderr.split('\n').map((line) => line.trim())
  const cause = lines.find((line) => /^\w*Error\b.*:/.test(line)) ?? lines.find((line) => line !== '')
  const reason = oneLine(cause === undefined ? end : `${end} (${cause})`)
  return reason.length <= maxReason ? reason : `${reason.slice(0, maxReason - 1)}…`
}

function badLines(cell: Cell): string[] {
  const bad = (['lost', 'torn', 'twice'] as const).filter((figure) => total(cell, figure) > 0)
  const texts = bad.map((figure) => `${countText(total(cell, figure), 'line')} ${figure}`)
  return texts.length > 0 ? [`wrong: ${placeOf(cell)}: ${listText(texts)}`] : []
}

function placeOf({ mode, ranks, disk }: Pick<Cell, 'disk' | 'mode' | 'ranks'>): string {
  return `${mode}, ${countText(ranks, 'rank')}, disk ${disk}`
}
