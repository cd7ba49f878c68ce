import t from 'tap'
import { joinRings, ringKinds } from '../kit/rings.ts'
import type { Ring } from './ring.ts'

for (const kind of ringKinds) {
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

  t.test(`${kind}: after an error each later call rejects with it`, async (t) => {
    const [first] = (await joinRings(t, kind, 2, { timeoutMs: 20 })) as [Ring, Ring]
    await t.rejects(first.barrier({ what: 'waits' }), { name: 'CollectiveTimeout' })
    await t.rejects(first.allReduce(new Float32Array(1), { what: 'sums' }), { name: 'CollectiveTimeout' })
  })
}
