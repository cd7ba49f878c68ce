/** Returns a short text for several ranks: `0-3,7`. Names that are not numbers follow unchanged. Each name occurs once. */
export function ranksText(all: readonly string[]): string {
  const names = [...new Set(all)]
  const numbers = names
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < numbers.length; at++) {
    const first = numbers[at] as number
    while (numbers[at + 1] === (numbers[at] as number) + 1) at++
    const last = numbers[at] as number
    parts.push(first === last ? `${first}` : `${first}-${last}`)
  }
  return [...parts, ...names.filter((name) => !Number.isInteger(Number(name)))].join(',')
}
