import { OptionChecker } from 'pino-rank/sink'

const maxMode = 0o777

/**
 * Returns `value` if it is the permission bits of a file. Refuses octal digits that were written as text or in decimal: 640 has
 * bits beyond 0o777, and 440, which is 0o670, would allow the group more than the owner.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function fileMode(packageName: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxMode && !isOctalTypo(value)) {
    return value + 0 // -0 becomes 0: Node ends the process for a mode of -0
  }
  const expected = 'permission bits, a number from 0 to 0o777'
  throw new OptionChecker(packageName, remedy(value)).invalid('mode', expected, value)
}

/** Reports whether a number was probably meant in octal: `440` instead of `0o440`. */
function isOctalTypo(value: number): boolean {
  return octal(value) !== undefined && hasMoreThanOwner(value)
}

/** Reports whether the group or the others may do what the owner may not. */
function hasMoreThanOwner(mode: number): boolean {
  return (((mode >> 3) | mode) & 7 & ~(mode >> 6)) !== 0
}

/** Returns the permission bits that these digits mean in octal. Undefined if they are not three octal digits. */
function octal(value: unknown): number | undefined {
  const digits = /^(?:0o?)?([0-7]{3})$/.exec(String(value))?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 8)
}

function remedy(value: unknown): string {
  const meant = octal(value)
  if (meant === undefined) return 'give e.g. 0o640 (416 in JSON), or leave the option out for that'
  const bits = `0o${meant.toString(8).padStart(3, '0')}`
  if (typeof value !== 'number') return `write the number ${bits} (${meant} in JSON)`
  return `write ${bits} (${meant} in JSON): ${value} without 0o is decimal, and means 0o${value.toString(8)}`
}
