/** How rotated files are named: `train.log.1`, or `train.log.20250130T120000Z` after the UTC time of the rotation. */
export type NameStyle = 'numbered' | 'dated'

/** A number, or a time as digits and the place among the files of that second. */
type Order = readonly [major: number, minor: number]

/** One rotated file of a log. */
export interface RotatedName {
  /** The file's name without `.gz`. */
  plain: string
  /** Its name as found in the folder. */
  name: string
  order: Order
  packed: boolean
}

const patterns: Record<NameStyle, RegExp> = {
  numbered: /^([1-9]\d{0,12})(\.gz)?$/,
  dated: /^(\d{8}T\d{6}Z)(?:-([2-9]|[1-9]\d{1,8}))?(\.gz)?$/,
}

/** Returns the rotated files among the names of a folder, oldest first. Only names that are exactly ours count. */
export function rotatedNames(names: readonly string[], base: string, styles: readonly NameStyle[]): RotatedName[] {
  const found = names
    .filter((name) => name.startsWith(`${base}.`))
    .flatMap((name) => styles.flatMap((style) => parse(name, base, style) ?? []))
  return found.sort((a, b) => compare(a.order, b.order))
}

/**
 * Returns the name after `newest`. A date never goes back, even if the clock does: within a second, or before the
 * newest, it gets `-2`, `-3` and so on.
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
  const packed = rest.endsWith('.gz')
  const order: Order = style === 'numbered' ? [Number(match[1]), 0] : [stamp(match[1]), Number(match[2] ?? 1)]
  return { plain: packed ? name.slice(0, -3) : name, name, order, packed }
}

/** The first fourteen digits: `2025-01-30T12:00:00.000Z` and `20250130T120000Z` give 20250130120000. */
function stamp(text: string): number {
  return Number(text.replace(/\D/g, '').slice(0, 14))
}

function compare(a: Order, b: Order): number {
  return a[0] - b[0] || a[1] - b[1]
}
