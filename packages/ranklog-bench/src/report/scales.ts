import { fitLine } from '../stats/index.ts'

/** The ends of an axis. */
export type Domain = readonly [low: number, high: number]

/** Returns the ends of a log axis for values above 0, with some space at both ends. */
export function logDomain(values: readonly number[], air = 1.12): Domain {
  let [low, high] = [Infinity, 0]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  // on a shorter axis, noise would look like a difference
  const stretch = Math.max(1, Math.sqrt(4 / (high / low)))
  return [low / air / stretch, high * air * stretch]
}

/** Ticks within one power of ten, from few to many. */
const divisions = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]]

/** Returns the ticks of a log axis: from the first of {@link divisions} that gives at least four. */
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

/** Returns the position of a value on a log axis, from 0 (low end) to 1 (high end). */
export function logPart(value: number, [low, high]: Domain): number {
  return Math.log(value / low) / Math.log(high / low)
}

/** Returns the value at a position on a log axis, from 0 to 1. */
export function logAt(part: number, [low, high]: Domain): number {
  return low * (high / low) ** part
}

/**
 * Moves places apart until neighbours have a distance of at least `gap`. Moves each as little as possible, and stays between
 * 0 and `end`. If there are too many places for that, they start at 0 and go past `end`.
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
  const result = [...places]
  for (const { members, start } of blocks)
    members.forEach((member, i) => {
      result[member] = start + i * gap
    })
  return result
}

/** Returns the least-squares slope of the points on two log axes. 1: y grows in proportion to x; 0: y does not grow. */
export function logSlope(points: readonly (readonly [x: number, y: number])[]): number {
  return fitLine(points.map(([x, y]) => [Math.log(x), Math.log(y)])).slope
}
