/** Keeps a CPU busy for a number of rounds. The result has no use, but without it the compiler would remove the loop. */
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

/**
 * Returns how many rounds this machine computes in a millisecond. Takes the best of several tries, because other processes
 * may use the CPU.
 */
export function roundsPerMs(): number {
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now()
    compute(probe)
    return performance.now() - start
  })
  return probe / Math.min(...times)
}
