import { countText } from 'pino-rank/sink'
import { total } from './cells.ts'
import { listText } from './figures.ts'
import { isOurs } from './modes.ts'
import type { Cell, Result } from './result.ts'

/** A cell that ended with an error, as `options.failed` of a result has it. */
interface Failed extends Pick<Cell, 'disk' | 'mode' | 'ranks'> {
  error: string
}

/** Returns a sentence for each cell in which a mode of ours lost a line, tore one, wrote it twice, or ended with an error. */
export function failures({ cells, options }: Result): string[] {
  const failed = (options.failed ?? []) as Failed[]
  return [
    ...failed.filter(({ mode }) => isOurs(mode)).map((cell) => `wrong: ${placeOf(cell)}: ${cell.error}`),
    ...cells.filter(({ mode }) => isOurs(mode)).flatMap(badLines),
  ]
}

function badLines(cell: Cell): string[] {
  const bad = (['lost', 'torn', 'twice'] as const).filter((figure) => total(cell, figure) > 0)
  const texts = bad.map((figure) => `${countText(total(cell, figure), 'line')} ${figure}`)
  return texts.length > 0 ? [`wrong: ${placeOf(cell)}: ${listText(texts)}`] : []
}

function placeOf({ mode, ranks, disk }: Pick<Cell, 'disk' | 'mode' | 'ranks'>): string {
  return `${mode}, ${countText(ranks, 'rank')}, disk ${disk}`
}
