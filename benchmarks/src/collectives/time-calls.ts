/** The job of a rank that measures all-reduces. */
export interface ReduceJob {
  /** Number of float32 values that are summed. */
  length: number
  /** Number of measured sums. */
  calls: number
}

/** Median time of a sum, in ms. Each rank of a job has its own. */
export interface ReduceSample {
  ms: number
}

/** Sums before the first measured one, in which V8 compiles the loops and the system maps the memory. */
const warmUpCalls = 2

export interface Ranks {
  rank: number
  worldSize: number
  /** Sums an array over the ranks, in place. */
  allReduce(values: Float32Array): Promise<void>
  /** Resolves when all ranks have come to it. */
  barrier(): Promise<void>
}

/** Measures sums. All ranks begin each one together. @throws {Error} if a sum is wrong */
export async function timeCalls(ranks: Ranks, { length, calls }: ReduceJob): Promise<ReduceSample> {
  const values = new Float32Array(length)
  const expected = (ranks.worldSize * (ranks.worldSize + 1)) / 2
  const times: number[] = []
  for (let call = -warmUpCalls; call < calls; call++) {
    values.fill(ranks.rank + 1)
    await ranks.barrier()
    const start = performance.now()
    await ranks.allReduce(values)
    if (call >= 0) times.push(performance.now() - start)
    const wrong = values.findIndex((value) => value !== expected)
    if (wrong >= 0) throw new Error(`value ${wrong} is ${values[wrong]} instead of ${expected}`)
  }
  await ranks.barrier()
  times.sort((a, b) => a - b)
  return { ms: times[times.length >> 1] as number }
}
