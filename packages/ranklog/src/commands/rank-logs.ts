import type { RankTail } from './rank-tail.ts'

/**
 * Returns one tail for each rank of a run, in the order of the tails. A rank may have several logs, for example one of records
 * and one of its console output. Then it takes the log with the furthest step, otherwise the log that was written last, and
 * adds up the errors, torn lines and drops of all.
 */
export function oneTailPerRank(tails: readonly RankTail[]): RankTail[] {
  const ranks = new Map<string, RankTail[]>()
  for (const tail of tails) {
    const { rank, files } = tail.source
    const key = typeof rank === 'number' ? String(rank) : ` ${files.at(-1)}`
    ranks.set(key, [...(ranks.get(key) ?? []), tail])
  }
  return [...ranks.values()].map(combine)
}

function combine(tails: readonly RankTail[]): RankTail {
  const [first, ...others] = tails.toSorted((a, b) => (b.step ?? -1) - (a.step ?? -1) || b.end - a.end) as [
    RankTail,
    ...RankTail[],
  ]
  if (others.length === 0) return first
  const states = tails.map((tail) => tail.processState())
  const manifest = first.manifest ?? others.find((other) => other.manifest)?.manifest
  return {
    ...first,
    host: first.host ?? manifest?.host,
    attempt: first.attempt ?? manifest?.attempt,
    exit: first.exit ?? manifest?.exit,
    time: tails.reduce<number | undefined>(
      (last, { time }) => (time === undefined ? last : Math.max(time, last ?? time)),
      undefined,
    ),
    errors: tails.reduce((sum, { errors }) => sum + errors, 0),
    torn: tails.reduce((sum, { torn }) => sum + torn, 0),
    drops: tails.every(({ drops }) => drops === undefined)
      ? undefined
      : tails.reduce((sum, { drops = 0 }) => sum + drops, 0),
    processState: () => (states.includes('running') ? 'running' : states.includes('gone') ? 'gone' : 'unknown'),
  }
}
