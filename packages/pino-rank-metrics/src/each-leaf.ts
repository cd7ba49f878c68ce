/**
 * Calls `leaf` with each value below `branch` and its keys, joined with `/`. What `isLeaf` takes, and an empty object, is a value.
 */
export function eachLeaf(
  branch: object,
  isLeaf: (value: object) => boolean,
  leaf: (name: string, value: unknown) => void,
  prefix = '',
): void {
  for (const [key, value] of Object.entries(branch)) {
    const name = prefix + key
    const isEntered = typeof value === 'object' && value !== null && !isLeaf(value) && Object.keys(value).length > 0
    if (isEntered) eachLeaf(value, isLeaf, leaf, `${name}/`)
    else leaf(name, value)
  }
}
