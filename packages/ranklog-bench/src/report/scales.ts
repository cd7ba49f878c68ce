import { fitLine } from '../stats/index.ts'

/** The ends of an axis. */
export type Domain = readonly [low: number, high: number]

/** Returns ends that hold all values, with some air, for a log axis. Values are above 0. */
export function logDomain(values: readonly number[], air = 1.12): Domain {
  let [low, high] = [Infinity, 0]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  // an axis of less than a factor of 4 would show noise as if it were a difference
  const stretch = Math.max(1, Math.sqrt(4 / (high / low)))
  return [low / air / stretch, high * air * stretch]
}

/** What a decade is divided into, from few ticks to many. */
const divisions = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]]

/** Returns where a log axis has ticks: the fewest of the usual divisions of a decade that give four or more. */
export function logTicks([low, high]: Domain): number[] {
  const ticksOf = (division: readonly number[]) => {
    const ticks: number[] = []
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      for (const step of division) ticks.push(Number((step * 10 ** power).toPrecision(3)))
    return ticks.filter((tick) => tick >= low && tick <= high)
  }
  const all = divisions.map(ticksOf)
  return all.find((ticks) => ticks.length >= 4) ?? (all.at(-1) as number[])
}

/** Returns which part of a log axis lies below a value: 0 to 1. */
export function logPart(value: number, [low, high]: Domain): number {
  return Math.log(value / low) / Math.log(high / low)
}

/** Returns the value at a part of a log axis. */
export function logAt(part: number, [low, high]: Domain): number {
  return low * (high / low) ** part
}

/**
 * Moves places apart until neighbours have `gap` between them. Each stays as near to where it was as the others allow, within 0 to `end`;
 * too many for that begin at 0 and go past the end.
 */
export function spread(places: readonly number[], gap: number, end: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => (places[a] as number) - (places[b] as number))
  const block = (members: readonly number[]) => {
    const wanted = members.map((member, i) => (places[member] as number) - i * gap)
    const middle = wanted.reduce((sum, place) => sum + place, 0) / members.length
    const start = Math.max(0, Math.min(middle, end - (members.length - 1) * gap))
    return { members, start, next: start + members.length * gap }
  }
  const blocks: ReturnType<typeof block>[] = [] // places that touch
  for (const member of order) {
    let last = block([member])
    for (let above = blocks.at(-1); above && above.next > last.start; above = blocks.at(-1)) {
      blocks.pop()
      last = block([...above.members, ...last.members])
    }
    blocks.push(last)
  }
  const moved = [...places]
  for (const { members, start } of blocks)
    members.forEach((member, i) => {
      moved[member] = start + i * gap
    })
  return moved
}

/** Returns the slope of a straight line through the points on two log axes, by least squares: 1 is "as much more as", 0 is "no more". */
export function logSlope(points: readonly (readonly [x: number, y: number])[]): number {
  return fitLine(points.map(([x, y]) => [Math.log(x), Math.log(y)])).slope
}
