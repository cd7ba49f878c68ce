import t from 'tap'
import { collectivesSuite } from '../kit/collectives-suite.ts'
import { joinRings, ringKinds } from '../kit/rings.ts'

for (const kind of ringKinds) {
  for (const { name, worldSize, limits, run, check } of collectivesSuite) {
    t.test(`${kind}: ${name}`, async (t) => {
      const rings = await joinRings(t, kind, worldSize, limits)
      const results: Promise<unknown>[] = []
      const othersOf = async (rank: number) => {
        await Promise.all(results.filter((_, other) => other !== rank))
      }
      for (const [rank, ring] of rings.entries())
        results.push(Promise.resolve().then(() => run(ring, () => othersOf(rank))))
      check(t, await Promise.all(results))
    })
  }
}
