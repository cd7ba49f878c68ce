import { hasPlaceholder } from './expand-path.ts'

/**
 * Returns the template of a file for each rank: `train.log` becomes `train.rank-{rank}.log`. A template that names `{rank}` is
 * returned unchanged.
 */
export function rankSuffix(template: string): string {
  if (hasPlaceholder(template, 'rank')) return template
  const [stem, extension] = splitExtension(template)
  return `${stem}.rank-{rank}${extension}`
}

/** Splits a template before its extension. A dotfile, a name without a dot and a name that ends in a placeholder have none. */
export function splitExtension(template: string): [stem: string, extension: string] {
  const extension = /(?<=[^/\\])\.[^./\\{}]+$/.exec(template)?.[0] ?? ''
  return [template.slice(0, template.length - extension.length), extension]
}
