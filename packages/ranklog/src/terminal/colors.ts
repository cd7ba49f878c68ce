/**
 * Colours of ranks, from the 256 colours of terminals: P. Tol's vibrant and muted schemes without colours that are very similar.
 * People with colour blindness can distinguish them on black and on white.
 */
const palette = [33, 208, 37, 168, 100, 67, 178, 133, 30, 173, 66, 175]

/** Returns the escape sequence for a rank's colour. The same rank always has the same colour. */
export function colorOf(rank: string): string {
  const number = Number(rank)
  const place = Number.isInteger(number) ? number : [...rank].reduce((sum, sign) => sum + sign.charCodeAt(0), 0)
  return `\x1b[38;5;${palette[place % palette.length]}m`
}

/** Reports whether to write colours: decided by FORCE_COLOR, then by NO_COLOR, otherwise by whether the output is a terminal. */
export function hasColors(out: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (env.NO_COLOR) return false
  return out.isTTY === true && env.TERM !== 'dumb'
}
