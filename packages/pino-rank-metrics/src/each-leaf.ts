/**
 * Calls `leaf` with each value below `branch` and its keys, joined with `/`. Objects for which `isLeaf` returns true are
 * values.
 */
export function eachLeaf(
  branch: object,
  isLeaf: (value: object) => boolean,
  leaf: (name: string, value: unknown) => void,
  prefix = '',
): void {
  for (const [key, value] of Object.entries(branch)) {
    const name = prefix + key
    if (typeof value === 'object' && value !== null && !isLeaf(value)) eachLeaf(value, isLeaf, leaf, `${name}/`)
    else leaf(name, value)
  }
}
