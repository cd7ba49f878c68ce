/** Matches a string, which is skipped, or an integer that a JavaScript number may not represent. */
const tokens = /"(?:[^"\\]|\\.)*"|(?<=[:[,])-?\d{16,}(?=[,}\]])/g

/**
 * Returns a line of JSON in which each integer that would be rounded is a string. Such an integer is a bigint that pino wrote,
 * for example a 64-bit seed. Returns the same line if there is none.
 */
export function exactIntegers(line: string): string {
  return line.replace(tokens, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  )
}
