import { variablesIn } from './launcher.ts'
import { launchers, own, ownRunKey } from './launchers.ts'
import { RankError } from './rank-error.ts'
import type { RankInfo, ResolvedRank } from './rank-info.ts'

/** A field that not every launcher gives. */
export type OptionalField = Exclude<keyof RankInfo, 'rank' | 'launcher'>

/** RANK_FIELD_MISSING: `where` needs a field that this rank has not; the fix names the variable that would give it. */
export function missingField(
  field: OptionalField,
  { launcher }: ResolvedRank,
  where: { package: string; at: string },
): RankError {
  return new RankError('RANK_FIELD_MISSING', {
    ...where,
    expected: `a ${field} from the launcher ${launcher}`,
    received: undefined,
    fix: `${remedy(field, launcher)}, or do without it`,
  })
}

function remedy(field: OptionalField, launcher: string): string {
  if (field === 'runKey') return `set ${ownRunKey} to the same value on all ranks of the job`
  const row = launchers.find(({ name }) => name === launcher)
  if (!row) return `give ${field} in the rank that the program passes`
  const variables = variablesIn(row.counts[field])
  if (variables.length > 0) return `set ${variables.join(' or ')}`
  return `${launcher} has no variable for it: set ${[own.marker, ...variablesIn(own.counts[field])].join(' and ')}`
}
