import { countText } from 'pino-rank/sink'
import { total } from './cells.ts'
import { listText } from './figures.ts'
import { isOurs } from './modes.ts'
import type { Result } from './result.ts'

/** Returns a sentence for each cell in which a mode of ours lost a line, tore one or wrote it twice. */
export function failures({ cells }: Result): string[] {
  return cells
    .filter(({ mode }) => isOurs(mode))
    .flatMap((cell) => {
      const { mode, disk, ranks } = cell
      const bad = (['lost', 'torn', 'twice'] as const).filter((figure) => total(cell, figure) > 0)
      const texts = bad.map((figure) => `${countText(total(cell, figure), 'line')} ${figure}`)
      return texts.length > 0 ? [`wrong: ${mode}, ${countText(ranks, 'rank')}, disk ${disk}: ${listText(texts)}`] : []
    })
}
