const newline = 10
const brace = 123
const mark = Buffer.from('"repeated":true,')

/**
 * Marks lines that may have been written already: each record gets the field `repeated`, and a record after them has
 * their number.
 *
 * @param isAfterFragment true if the output may end within a line
 */
export function markRepeated(
  lines: Buffer,
  rank: number | 'unknown',
  isAfterFragment: boolean,
): { count: number; bytes: Buffer } {
  const parts: Buffer[] = isAfterFragment ? [Buffer.of(newline)] : []
  let count = 0
  for (let start = 0; start < lines.length; count++) {
    const end = lines.indexOf(newline, start) + 1 || lines.length
    const head = lines[start] === brace ? start + 1 : start
    parts.push(lines.subarray(start, head))
    if (head > start) parts.push(mark)
    parts.push(lines.subarray(head, end))
    start = end
  }
  const msg = `pino-rank-stdout: the collector did not acknowledge the ${count} lines before this: they may be here twice`
  const record = { level: 40, time: Date.now(), rank, repeated: count, msg }
  return { count, bytes: Buffer.concat([...parts, Buffer.from(`${JSON.stringify(record)}\n`)]) }
}
