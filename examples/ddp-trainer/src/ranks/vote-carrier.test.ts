import fc from 'fast-check'
import t from 'tap'
import { joinRings } from '../kit/rings.ts'
import type { Call, Collectives } from './collectives.ts'
import { VoteCarrier } from './vote-carrier.ts'

const call: Call = { what: 'sums gradients' }

for (const worldSize of [1, 2, 3])
  t.test(`sums of ${worldSize} ranks are the same with a vote, and the votes are summed`, async (t) => {
    const rings = await joinRings(t, 'unix', worldSize)
    const carriers = rings.map((ring) => new VoteCarrier(ring))
    const lengths = fc.array(fc.constantFrom(0, 1, 5, 1000, 2 ** 16, 2 ** 16 + 1), { maxLength: 3 })
    const votes = fc.array(fc.constantFrom(0, 1, 2 ** 16), { minLength: worldSize, maxLength: worldSize })
    await fc.assert(
      fc.asyncProperty(lengths, votes, async (lengths, votes) => {
        const found = await Promise.all(
          carriers.map(async (carrier, rank) => {
            carrier.setVote(votes[rank] as number)
            const isRight: boolean[] = []
            for (const length of lengths) {
              const values = Float32Array.from({ length }, (_, index) => rank + index)
              await carrier.allReduce(values, call)
              const ranks = (worldSize * (worldSize - 1)) / 2
              isRight.push(values.every((value, index) => value === ranks + worldSize * index))
            }
            return { isRight, vote: await carrier.sumOfVotes() }
          }),
        )
        const sum = votes.reduce((total, vote) => total + vote, 0)
        return found.every(({ isRight, vote }) => vote === sum && isRight.every(Boolean))
      }),
      { numRuns: 40 },
    )
  })

t.test('a vote needs a message of its own only if no small sum carries it', async (t) => {
  const lengths: number[] = []
  const collectives = {
    rank: 0,
    worldSize: 2,
    allReduce: async ({ length }: Float32Array) => void lengths.push(length),
  } as Partial<Collectives> as Collectives
  const carrier = new VoteCarrier(collectives)
  const run = async (...sums: number[]) => {
    carrier.setVote(1)
    for (const length of sums) await carrier.allReduce(new Float32Array(length), call)
    await carrier.sumOfVotes()
    return lengths.splice(0)
  }
  t.strictSame(await run(10), [11])
  t.strictSame(await run(10, 20), [11, 20])
  t.strictSame(await run(100_000, 20), [100_000, 21])
  t.strictSame(await run(100_000), [100_000, 1])
  t.strictSame(await run(), [1])
})
