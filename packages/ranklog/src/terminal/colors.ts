/**
 * Of the 256 colours of terminals: P. Tol's vibrant and muted schemes without their near twins, which people with any colour
 * vision tell apart on black and on white.
 */
const palette = [33, 208, 37, 168, 100, 67, 178, 133, 30, 173, 66, 175]

/** What begins a rank's colour in a terminal: the same for the same rank. */
export function colorOf(rank: string): string {
  const number = Number(rank)
  const place = Number.isInteger(number) ? number : [...rank].reduce((sum, sign) => sum + sign.charCodeAt(0), 0)
  return `\x1b[38;5;${palette[place % palette.length]}m`
}

/** By FORCE_COLOR, then NO_COLOR, else where a terminal reads. */
export function hasColors(out: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (env.NO_COLOR) return false
  return out.isTTY === true && env.TERM !== 'dumb'
}
