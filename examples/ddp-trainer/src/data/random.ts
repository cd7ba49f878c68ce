/** Rows of equal shape in one array. The first dimension is the number of rows. */
export interface Rows {
  data: Float32Array
  shape: readonly [rows: number, ...row: number[]]
}

/** Returns a generator of numbers in [0, 1), which depend only on the seed. The algorithm is mulberry32. */
export function random(seed: number): () => number {
  const generator = new RandomGenerator(seed)
  return () => generator.next()
}

/** A generator of numbers in [0, 1) by mulberry32, whose state is one number that can be saved. */
export class RandomGenerator {
  state: number

  constructor(seed: number) {
    this.state = seed
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    const { state } = this
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Returns a seed that depends on all parts, so that for example the generators of two ranks give unrelated numbers. */
export function mixSeeds(...parts: number[]): number {
  return parts.reduce((seed, part) => Math.floor(random(seed + part)() * 2 ** 32) | 0, 0)
}

/** Returns rows of standard normal numbers. They need a seed, because each rank draws them itself, and all ranks must get the same. */
export function randn(shape: Rows['shape'], seed: number): Rows {
  const next = random(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const size = shape.reduce((product, extent) => product * extent, 1)
  return { data: Float32Array.from({ length: size }, normal), shape }
}

/** Returns the numbers from 0 to length − 1 in random order, by the algorithm of Fisher and Yates. */
export function permutation(length: number, seed: number): number[] {
  const next = random(seed)
  const order = Array.from({ length }, (_, index) => index)
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1))
    ;[order[last], order[other]] = [order[other] as number, order[last] as number]
  }
  return order
}
