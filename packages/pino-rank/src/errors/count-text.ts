/** Returns a count with its unit, for example `1 line` or `2 lines`. */
export function countText(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
