/** A text, which is passed over, or an integer that a JavaScript number may not hold. */
const tokens = /"(?:[^"\\]|\\.)*"|(?<=[:[,])-?\d{16,}(?=[,}\]])/g

/**
 * Returns a line of JSON in which each integer that would be rounded is a text: a bigint that pino wrote, for example a seed of 64
 * bits. The same line where there is none.
 */
export function exactIntegers(line: string): string {
  return line.replace(tokens, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  )
}
