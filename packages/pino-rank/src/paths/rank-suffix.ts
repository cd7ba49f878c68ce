import { extname } from 'node:path'
import { hasPlaceholder, splitPath } from './expand-path.ts'

/**
 * The template of one file a rank: `train.log` becomes `train.rank-{rank}.log`; one that names `{rank}` stays as it is.
 * A dotfile and a name without extension get the suffix at their end.
 */
export function rankSuffix(template: string): string {
  if (hasPlaceholder(template, 'rank')) return template
  const [folders, file] = splitPath(template)
  const extension = extname(file)
  return `${folders}${file.slice(0, file.length - extension.length)}.rank-{rank}${extension}`
}
