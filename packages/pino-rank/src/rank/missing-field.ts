import { type Complaint, RankError } from '../errors/index.ts'
import { variablesIn } from './launcher.ts'
import { launchers, own, ownRunKey } from './launchers.ts'
import { type RankInfo, type ResolvedRank, soleRank } from './rank-info.ts'

/** A field that some launchers do not give. */
export type OptionalField = Exclude<keyof RankInfo, 'rank' | 'launcher'>

/**
 * Returns the error RANK_FIELD_MISSING: `where` needs a field that this rank does not have. The fix names the variable that sets
 * the field.
 */
export function missingField(
  field: OptionalField,
  { launcher }: ResolvedRank,
  where: Pick<Complaint, 'package' | 'at'>,
): RankError {
  return new RankError('RANK_FIELD_MISSING', {
    ...where,
    expected: `a ${field} from the launcher ${launcher}`,
    received: undefined,
    fix: `${remedy(field, launcher)}, or use no ${field} here`,
  })
}

function remedy(field: OptionalField, launcher: string): string {
  const row = launchers.find(({ name }) => name === launcher)
  if (!row && launcher !== soleRank.launcher) return `give ${field} in the rank that the program passes`
  if (field === 'runKey') return `set ${ownRunKey} to the same value on all ranks of the job`
  const variables = variablesIn(row?.counts[field])
  if (variables.length > 0) return `set ${variables.join(' or ')}`
  return `${launcher} has no variable for it: set ${[own.marker, ...variablesIn(own.counts[field])].join(' and ')}`
}
