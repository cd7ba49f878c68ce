// What every implementation of Collectives must do. `ranks/collectives.test.ts` runs it for the rings of sockets, in one process. The
// interop tests run it under mpirun, where each rank is a process.
import fc from 'fast-check'
import type { Test } from 'tap'
import type { Collectives, CollectivesLimits } from '../ranks/collectives.ts'

/** A behaviour of Collectives. The ranks of a case share nothing but their Collectives. */
export interface CollectivesCase {
  /** A sentence: the name of the test. */
  name: string
  worldSize: number
  limits?: CollectivesLimits
  /** True if a call rejects, after which the Collectives cannot be used again. */
  isLast?: boolean
  /** Runs on each rank. What it returns must survive JSON. @param others resolves when all other ranks have returned */
  run: (collectives: Collectives, others: () => Promise<void>) => Promise<unknown>
  /** Checks what the ranks returned, by rank. */
  check: (t: Test, results: unknown[]) => void
}

const what = 'sums'

/** Returns the error of a call as `name: message`. */
async function failure(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    ({ name, message }: Error) => `${name}: ${message}`,
  )
}

/** Returns numbers whose sum over ranks depends on the order of the ranks. */
function unevenNumbers(rank: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * (rank + 1)) * 10 ** ((i + rank) % 7))
}

/** Returns the sum of {@link unevenNumbers} in the order of a ring: chunk k begins at rank k. */
function sumInRingOrder(worldSize: number, length: number): Float32Array {
  const byRank = Array.from({ length: worldSize }, (_, rank) => unevenNumbers(rank, length))
  const sum = new Float32Array(length)
  for (let chunk = 0; chunk < worldSize; chunk++) {
    const [start, end] = [chunk, chunk + 1].map((k) => Math.floor((k * length) / worldSize)) as [number, number]
    for (let i = start; i < end; i++)
      for (let hop = 0; hop < worldSize; hop++)
        sum[i] = (hop === 0 ? 0 : (sum[i] as number)) + (byRank[(chunk + hop) % worldSize]?.[i] as number)
  }
  return sum
}

const sameOnAll: CollectivesCase['check'] = (t, results) => {
  for (const result of results) t.same(result, results[0])
}

const naiveSums = (worldSize: number): CollectivesCase => ({
  name: `the sum over ${worldSize} ranks equals a sum in one loop`,
  worldSize,
  async run(collectives) {
    const job = fc.record({ length: fc.integer({ min: 0, max: 40_000 }), seed: fc.integer({ min: -1000, max: 1000 }) })
    for (const { length, seed } of fc.sample(job, { seed: 1, numRuns: 30 })) {
      // whole numbers, so that the order of summation does not change the result
      const value = (rank: number, i: number) => seed * (rank + 1) + (i % 97)
      const sums = Float32Array.from({ length }, (_, i) => value(collectives.rank, i))
      await collectives.allReduce(sums, { what })
      const ranks = Array.from({ length: worldSize }, (_, rank) => rank)
      const wrong = sums.findIndex((sum, i) => sum !== ranks.reduce((total, rank) => total + value(rank, i), 0))
      if (wrong >= 0) return `element ${wrong} of ${length}, seed ${seed}: ${sums[wrong]}`
    }
    return 'all right'
  },
  check: (t, results) => t.same(new Set(results), new Set(['all right'])),
})

const lengths = [1000, 300_000]

const orderedSums = (worldSize: number): CollectivesCase => ({
  name: `the sum over ${worldSize} ranks has the order of the ring, bit for bit`,
  worldSize,
  async run(collectives) {
    const found = []
    for (const length of lengths) {
      const sums = unevenNumbers(collectives.rank, length)
      await collectives.allReduce(sums, { what })
      found.push(Buffer.from(sums.buffer).equals(Buffer.from(sumInRingOrder(worldSize, length).buffer)))
    }
    return found
  },
  check: (t, results) => {
    for (const result of results) t.same(result, [true, true])
  },
})

const mismatch: CollectivesCase = {
  name: 'ranks in different calls get an error that names both calls',
  worldSize: 2,
  isLast: true,
  run: (collectives) =>
    failure(
      collectives.rank === 0
        ? collectives.allReduce(new Float32Array(3), { what })
        : collectives.allGather(new Uint8Array(3), { what: 'gathers' }),
    ),
  check: (t, [first, second]) => {
    t.match(first, /^CollectiveMismatch: rank 0 sums, but rank 1 gathers\. /)
    t.match(second, /^CollectiveMismatch: rank 1 gathers, but rank 0 sums\. /)
  },
}

const otherCount: CollectivesCase = {
  name: 'ranks that have made a different number of calls get an error, although the calls have the same name',
  worldSize: 2,
  isLast: true,
  async run(collectives) {
    if (collectives.rank === 0) await collectives.barrier({ what }).catch(() => {})
    return failure(collectives.allReduce(new Float32Array(1), { what }))
  },
  check: (t, results) => t.match(results.join(), /CollectiveMismatch/),
}

const otherLength: CollectivesCase = {
  name: 'ranks that sum arrays of different lengths get an error',
  worldSize: 2,
  isLast: true,
  run: (collectives) => failure(collectives.allReduce(new Float32Array(2 + 2 * collectives.rank), { what })),
  check: (t, [first]) =>
    t.match(first, /^CollectiveMismatch: rank 0 sums, but rank 1 does it with another length: a part has 8 bytes /),
}

const calls: Record<string, (collectives: Collectives) => Promise<unknown>> = {
  allReduce: (collectives) => collectives.allReduce(new Float32Array(10), { what }),
  'allReduce of a long array': (collectives) => collectives.allReduce(new Float32Array(4e6), { what }),
  allGather: (collectives) => collectives.allGather(new Uint8Array(1), { what }),
  broadcast: (collectives) => collectives.broadcast(new Uint8Array(1), { what }),
  barrier: (collectives) => collectives.barrier({ what }),
}

/** `hangTimeoutMs` is less than the timeout, because a rank that only misses a call is no hang. */
const late = (call: string, missing: number): CollectivesCase => ({
  name: `after the timeout of ${call}, each rank names rank ${missing}, which did not make the call`,
  worldSize: 4,
  limits: { timeoutMs: 1000, hangTimeoutMs: 200 },
  isLast: true,
  async run(collectives, others) {
    await collectives.barrier({ what: 'begins' }) // processes start at different times
    if (collectives.rank === missing) return others()
    return failure((calls[call] as (collectives: Collectives) => Promise<unknown>)(collectives))
  },
  check: (t, results) => {
    const text = `sums, and has waited 1 s for rank ${missing} to do the same`
    for (const [rank, result] of results.entries())
      if (rank !== missing) t.equal(result, `CollectiveTimeout: rank ${rank} ${text}`)
  },
})

/** All cases. Without `isLast` and `limits`, cases with as many ranks may use the same Collectives, one after another. */
export const collectivesSuite: readonly CollectivesCase[] = [
  ...[1, 2, 3, 4].map(naiveSums),
  ...[2, 3, 4].map(orderedSums),
  {
    name: 'gather returns the bytes of each rank, which may differ in length',
    worldSize: 4,
    async run(collectives) {
      const texts = ['', 'a', 'x'.repeat(700_000), 'b'.repeat(70_000)]
      const mine = Buffer.from(texts[collectives.rank] as string)
      const byRank = await collectives.allGather(mine, { what: 'gathers texts' })
      return byRank.map((text, rank) => `${Buffer.from(text)}` === texts[rank])
    },
    check: (t, results) => {
      for (const result of results) t.same(result, [true, true, true, true])
    },
  },
  {
    name: 'broadcast returns the bytes of rank 0',
    worldSize: 4,
    run: async (collectives) =>
      Buffer.from(await collectives.broadcast(Buffer.from(`from ${collectives.rank}`), { what })).toString(),
    check: (t, results) => {
      sameOnAll(t, results)
      t.equal(results[0], 'from 0')
    },
  },
  {
    name: 'no rank leaves a barrier before all have come to it',
    worldSize: 4,
    async run(collectives) {
      const begin = performance.timeOrigin + performance.now()
      await collectives.barrier({ what })
      return { begin, end: performance.timeOrigin + performance.now() }
    },
    check: (t, results) => {
      const times = results as { begin: number; end: number }[]
      const toleranceMs = 20 // the clocks of two processes differ
      const lastBegin = Math.max(...times.map(({ begin }) => begin))
      const firstEnd = Math.min(...times.map(({ end }) => end))
      t.ok(firstEnd + toleranceMs >= lastBegin, `${firstEnd - lastBegin} ms`)
    },
  },
  mismatch,
  otherCount,
  otherLength,
  late('allReduce', 1),
  late('allReduce of a long array', 1),
  late('allGather', 1),
  late('broadcast', 2),
  late('barrier', 3),
]
