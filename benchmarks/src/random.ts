/** A generator as `randomFrom` of stats.ts returns it: uniform in [0, 1). */
export type Random = () => number

/** A whole number from 0 up to, not including, `end`. */
export function below(random: Random, end: number): number {
  return Math.floor(end * random())
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)] as T
}

/** True with this probability. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability
}
