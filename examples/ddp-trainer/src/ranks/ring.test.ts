import fc from 'fast-check'
import t from 'tap'
import { joinRings, ringKinds } from '../kit/rings.ts'
import type { Ring } from './ring.ts'

for (const kind of ringKinds) {
  for (const worldSize of [1, 2, 3, 5]) {
    t.test(
      `${kind}: the sum over ${worldSize} ranks equals a sum in one loop, and is the same on all ranks`,
      async (t) => {
        const rings = await joinRings(t, kind, worldSize)
        const numbers = fc.integer({ min: 0, max: 40_000 }).chain((length) =>
          fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: worldSize, maxLength: worldSize }).map((seeds) =>
            // whole numbers, so that the order of summation does not change the result
            seeds.map((seed) => Float32Array.from({ length }, (_, i) => seed + (i % 97))),
          ),
        )
        await fc.assert(
          fc.asyncProperty(numbers, async (values) => {
            const naive = values[0]?.map((_, i) => values.reduce((sum, rank) => sum + (rank[i] as number), 0))
            await Promise.all(rings.map((ring, rank) => ring.allReduce(values[rank] as Float32Array, { what: 'sums' })))
            return values.every((summed) => summed.every((value, i) => value === naive?.[i]))
          }),
          { numRuns: 30 },
        )
      },
    )
  }

  t.test(`${kind}: a sum that depends on its order has the same bits on all ranks`, async (t) => {
    const rings = await joinRings(t, kind, 3)
    const values = rings.map((_, rank) => Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i * (rank + 1)) / 3))
    await Promise.all(rings.map((ring, rank) => ring.allReduce(values[rank] as Float32Array, { what: 'sums' })))
    t.same(values[0], values[1])
    t.same(values[0], values[2])
  })

  t.test(`${kind}: a sum with a rank that has left the ring rejects and names that rank`, async (t) => {
    const [first, second, third] = (await joinRings(t, kind, 3)) as [Ring, Ring, Ring]
    second.close()
    await t.rejects(third.allReduce(new Float32Array(1e7), { what: 'sums' }), {
      name: 'NeighbourLost',
      message: /rank 2 lost rank 1/,
    })
    await t.rejects(first.allReduce(new Float32Array(1e7), { what: 'sums' }), {
      name: 'NeighbourLost',
      message: /rank 0 lost rank 1/,
    })
  })

  t.test(
    `${kind}: both neighbours of a rank that leaves name it, although the other ranks leave after it`,
    async (t) => {
      const rings = await joinRings(t, kind, 4)
      const failures = rings.map(async (ring, rank) => {
        if (rank === 1) return ring.close()
        const error = await ring.allGather(new Uint8Array(1), { what: 'gathers' }).catch((error: Error) => error)
        ring.close()
        return error
      })
      const [first, , third] = await Promise.all(failures)
      t.match(first, { name: 'NeighbourLost', message: /^rank 0 lost rank 1,/ })
      t.match(third, { name: 'NeighbourLost', message: /^rank 2 lost rank 1,/ })
      t.notOk(Object.hasOwn(third as Error, 'cause'), 'the end of a connection has no other cause')
    },
  )

  t.test(`${kind}: gather returns the bytes of each rank, which may differ in length`, async (t) => {
    const rings = await joinRings(t, kind, 3)
    const texts = ['', 'a', 'x'.repeat(200_000)]
    const gathered = await Promise.all(
      rings.map((ring, rank) => ring.allGather(Buffer.from(texts[rank] as string), { what: 'gathers texts' })),
    )
    for (const byRank of gathered) t.same(byRank.map(String), texts)
  })

  t.test(`${kind}: after the timeout, gather names the rank that did not call it, on every rank`, async (t) => {
    const [first, , third] = (await joinRings(t, kind, 3)) as [Ring, Ring, Ring]
    const wait = (ring: Ring) => ring.allGather(new Uint8Array(1), { what: 'gathers', timeoutMs: 20 })
    const [one, other] = await Promise.allSettled([wait(first), wait(third)])
    const reason = (rank: number) => ({
      status: 'rejected',
      reason: {
        name: 'CollectiveTimeout',
        message: `rank ${rank} gathers, and has waited 0.02 s for rank 1 to do the same`,
      },
    })
    t.match(one, reason(0))
    t.match(other, reason(2))
  })

  t.test(`${kind}: ranks in different calls get an error that names both calls`, async (t) => {
    const [first, second] = (await joinRings(t, kind, 2)) as [Ring, Ring]
    const calls = [
      first.allReduce(new Float32Array(3), { what: 'sums' }),
      second.allGather(new Uint8Array(3), { what: 'gathers' }),
    ]
    const [sum, gather] = await Promise.allSettled(calls)
    t.match(sum, { reason: { name: 'CollectiveMismatch', message: /^rank 0 sums, but rank 1 gathers\. / } })
    t.match(gather, { reason: { name: 'CollectiveMismatch', message: /^rank 1 gathers, but rank 0 sums\. / } })
  })

  t.test(`${kind}: ranks that sum arrays of different lengths get an error`, async (t) => {
    const [first, second] = (await joinRings(t, kind, 2)) as [Ring, Ring]
    const [sum] = await Promise.allSettled([
      first.allReduce(new Float32Array(2), { what: 'sums' }),
      second.allReduce(new Float32Array(4), { what: 'sums' }),
    ])
    t.match(sum, { reason: { name: 'CollectiveMismatch', message: /but rank 1 sums with 8 bytes/ } })
  })
}
