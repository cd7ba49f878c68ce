/** How rotated files are named: `train.log.1`, or `train.log.20250130T120000Z` after the UTC time of the rotation. */
export type NameStyle = 'numbered' | 'dated'

/**
 * Sort key: the number of a numbered file; or the time of a dated file as digits, and its place among the files of
 * that second.
 */
type Order = readonly [major: number, minor: number]

/** One rotated file of a log. */
export interface RotatedName {
  /** The file's name without `.gz`. */
  plain: string
  /** Its name as found in the folder. */
  name: string
  order: Order
  isCompressed: boolean
}

const month = '(?:0[1-9]|1[0-2])'
const day = '(?:0[1-9]|[12]\\d|3[01])'
const time = '(?:[01]\\d|2[0-3])[0-5]\\d(?:[0-5]\\d|60)'

const patterns: Record<NameStyle, RegExp> = {
  numbered: /^([1-9]\d{0,15})(\.gz)?$/,
  dated: new RegExp(`^(\\d{4}${month}${day}T${time}Z)(?:-([2-9]|[1-9]\\d{1,15}))?(\\.gz)?$`),
}

/** A number from this on counts only if it follows one that counts. */
const maxNumber = 2 ** 52

/**
 * Returns the rotated files among the names of a folder, oldest first. Only names of exactly our form count.
 *
 * Anybody may put a file with a huge number into the folder. So a number counts only if it is below {@link maxNumber},
 * or if it follows one that counts. Then there is always a next number for the rotation.
 */
export function rotatedNames(names: readonly string[], base: string, styles: readonly NameStyle[]): RotatedName[] {
  const found = names
    .filter((name) => name.startsWith(`${base}.`))
    .flatMap((name) => styles.flatMap((style) => parse(name, base, style) ?? []))
    .sort((a, b) => compare(a.order, b.order))
  let before: Order = [0, 0]
  return found.filter(({ order }) => {
    const counts = order.every((number, at) => number < maxNumber || isNext(number, before[at] as number))
    if (counts) before = order
    return counts
  })
}

/** Reports whether a number follows another or equals it. Two are equal if a file exists both plain and compressed. */
function isNext(number: number, before: number): boolean {
  return Number.isSafeInteger(number) && (number === before || number === before + 1)
}

/**
 * Returns the name after `newest`. A date never goes back, even if the clock does: if it is not later than the newest
 * date, that date is used again with `-2`, `-3` and so on.
 *
 * @param now ms since 1970
 */
export function nextName(base: string, style: NameStyle, newest: RotatedName | undefined, now: number): string {
  if (style === 'numbered') return `${base}.${(newest?.order[0] ?? 0) + 1}`
  const second = stamp(new Date(now).toISOString())
  const [major, minor] =
    newest && newest.order[0] >= second ? [newest.order[0], newest.order[1] + 1] : ([second, 1] as const)
  const digits = String(major)
  return `${base}.${digits.slice(0, 8)}T${digits.slice(8)}Z${minor > 1 ? `-${minor}` : ''}`
}

function parse(name: string, base: string, style: NameStyle): RotatedName | undefined {
  const rest = name.slice(base.length + 1)
  const match = patterns[style].exec(rest)
  if (!match?.[1]) return undefined
  const isCompressed = rest.endsWith('.gz')
  const order: Order = style === 'numbered' ? [Number(match[1]), 0] : [stamp(match[1]), Number(match[2] ?? 1)]
  return { plain: isCompressed ? name.slice(0, -3) : name, name, order, isCompressed }
}

/** Returns the first fourteen digits as a number: `2025-01-30T12:00:00.000Z` and `20250130T120000Z` give 20250130120000. */
function stamp(text: string): number {
  return Number(text.replace(/\D/g, '').slice(0, 14))
}

function compare(a: Order, b: Order): number {
  return a[0] - b[0] || a[1] - b[1]
}
