/** Returns a count with its unit, in the plural where it is not one: `1 line`, `2 lines`. */
export function countText(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
