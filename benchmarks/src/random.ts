/** A generator of uniform numbers in [0, 1), for example from `randomFrom` of stats.ts. */
export type Random = () => number

/** Returns a random whole number from 0 to `end - 1`. */
export function below(random: Random, end: number): number {
  return Math.floor(end * random())
}

/** Returns a random element. */
export function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)] as T
}

/** Returns true with this probability. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability
}
