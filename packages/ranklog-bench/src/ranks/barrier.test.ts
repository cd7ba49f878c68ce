import t from 'tap'
import { barrierRounds, peerOf } from './barrier.ts'

/** Returns the ranks that each rank knows of after a barrier, if a signal carries everything that its sender knows. */
function knownAfterBarrier(ranks: number): Set<number>[] {
  let known = Array.from({ length: ranks }, (_, rank) => new Set([rank]))
  for (let round = 0; round < barrierRounds(ranks); round++) {
    const next = known.map((own) => new Set(own))
    for (const [rank, own] of known.entries()) for (const other of own) next[peerOf(rank, round, ranks)]?.add(other)
    known = next
  }
  return known
}

t.test('after the rounds of a barrier, every rank knows that every other rank has arrived', async (t) => {
  for (let ranks = 1; ranks <= 70; ranks++)
    t.ok(
      knownAfterBarrier(ranks).every(({ size }) => size === ranks),
      `${ranks} ranks`,
    )
})

t.test('a barrier of N ranks has log2(N) rounds, rounded up', async (t) => {
  t.same([1, 2, 3, 4, 5, 8, 9, 64].map(barrierRounds), [0, 1, 2, 2, 3, 3, 4, 6])
})
