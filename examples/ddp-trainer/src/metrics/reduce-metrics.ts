import { deserialize, serialize } from 'node:v8'
import type { Collectives } from '../ranks/collectives.ts'
import { combine, type Part, type Reduction } from './metric.ts'

/**
 * Reduces metrics over all ranks. Every rank must call it at the same step. A metric that is not required, and that a rank has not
 * logged, keeps the value of this rank.
 *
 * @throws {CollectiveMismatch} if the ranks do not require the same metrics at this step
 * @throws {CollectiveTimeout} if a rank does not call it in time
 */
export async function reduceMetrics(
  collectives: Collectives,
  reductions: readonly Reduction[],
  step: number,
): Promise<void> {
  const required = reductions.filter(({ isRequired }) => isRequired).map(({ name }) => `'${name}'`)
  const what = `reduces ${required.length > 0 ? required.sort().join(', ') : 'metrics'} at step ${step}`
  const mine = new Map(reductions.map(({ key, part }) => [key, part]))
  const texts = await collectives.allGather(serialize(mine), { what })
  const byRank = texts.map((text) => deserialize(text) as Map<string, Part>)
  for (const { key, reduceFx, part, resolve } of reductions) {
    const [first = part, ...others] = byRank.flatMap((parts) => parts.get(key) ?? [])
    resolve(combine(reduceFx, others.length + 1 === collectives.worldSize ? [first, ...others] : [part]))
  }
}
