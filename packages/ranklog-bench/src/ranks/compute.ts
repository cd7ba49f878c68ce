/** Keeps a CPU busy for a number of rounds; the result is for nobody, and keeps the loop from being compiled away. */
export function compute(rounds: number): number {
  let state = rounds | 1
  for (let i = 0; i < rounds; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  return state
}

const probe = 1_000_000

/** Rounds that this machine computes in a millisecond: the best of some tries, because others may share the CPU. */
export function roundsPerMs(): number {
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now()
    compute(probe)
    return performance.now() - start
  })
  return probe / Math.min(...times)
}
