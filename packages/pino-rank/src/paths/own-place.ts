import { type Complaint, RankError } from '../errors/index.ts'
import type { ResolvedRank } from '../rank/index.ts'
import { parseRankSet, type RankSet, type RankSetInput } from '../rank/index.ts'
import { hasPlaceholder } from './expand-path.ts'

/** A place that only one process may write to: a path, or the name of a run. */
export interface OwnPlace extends Pick<Complaint, 'package' | 'at' | 'fix'> {
  /** The template of the path or name, with its placeholders. */
  template: string
}

/**
 * Checks that no two of `ranks` write to the same place. This holds if they select at most one rank of this world, or if the
 * template has `{rank}`, or `{localRank}` and a placeholder for the node. A world of unknown size may have any rank.
 *
 * @throws {RankError} PATH_PLACEHOLDER, the same on every rank
 */
export function checkOwnPlace({ template, ...where }: OwnPlace, ranks: RankSetInput, rank: ResolvedRank): void {
  const set = parseRankSet(ranks)
  const writers = writersIn(set, rank)
  if (writers === 'one' || hasPlaceholder(template, 'rank')) return
  const namesNode = isOneNode(rank) || hasPlaceholder(template, 'nodeRank') || hasPlaceholder(template, 'host')
  if (namesNode && (writers === 'one a node' || hasPlaceholder(template, 'localRank'))) return
  const expected = `{rank} in it, because several ranks write (ranks "${set.source}")`
  throw new RankError('PATH_PLACEHOLDER', { ...where, expected, received: template })
}

function writersIn(set: RankSet, rank: ResolvedRank): 'one' | 'one a node' | 'several' {
  const { worldSize = Infinity, localWorldSize = Infinity } = rank
  if (worldSize === 1) return 'one'
  const one = selectsOne(set, set.local ? localWorldSize : worldSize)
  if (!one) return 'several'
  return set.local && !isOneNode(rank) ? 'one a node' : 'one'
}

/** Reports whether the spans select at most one rank below `size`. */
function selectsOne({ spans }: RankSet, size: number): boolean {
  const found = new Set<number>()
  for (const { from, to, step } of spans) {
    for (const rank of [from, from + step]) if (rank <= to && rank < size) found.add(rank)
  }
  return found.size <= 1
}

function isOneNode({ worldSize, localWorldSize }: ResolvedRank): boolean {
  return worldSize !== undefined && worldSize === localWorldSize
}
