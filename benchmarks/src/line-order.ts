/** The number and order of the lines of several ranks in one output. */
export interface LineOrder {
  lines: number
  /** Number of pieces between two newlines that are not a whole line of a rank. */
  torn: number
  /** Number of lines that do not follow the previous line of their rank. */
  disordered: number
  /** Number of late lines: those after a line, of any rank, with a later time. `largestMs` is the largest difference of the times. */
  behind: number
  largestMs: number
  /** The earliest time of a line, in ms since the epoch; Infinity if there is none. */
  firstMs: number
}

interface OrderedRecord {
  time: number
  rank: number
  seq: number
}

/** Checks pino lines with `rank` and `seq`, which is counted from 0. A tool may have put a label before a line. */
export function lineOrderOf(output: Buffer): LineOrder {
  const next: number[] = []
  const found = { lines: 0, torn: 0, disordered: 0, behind: 0, largestMs: 0, firstMs: Number.POSITIVE_INFINITY }
  let latest = 0
  for (let start = 0, end = 0; start < output.length; start = end + 1) {
    end = output.indexOf(10, start)
    if (end === -1) end = output.length
    if (end === start) continue
    const line = parseRecord(output.toString('utf8', start, end))
    if (!line) {
      found.torn++
      continue
    }
    const { time, rank, seq } = line
    found.lines++
    if (seq !== (next[rank] ?? 0)) found.disordered++
    next[rank] = seq + 1
    if (time < latest) found.behind++
    found.largestMs = Math.max(found.largestMs, latest - time)
    found.firstMs = Math.min(found.firstMs, time)
    latest = Math.max(latest, time)
  }
  return found
}

function parseRecord(text: string): OrderedRecord | undefined {
  const record = text.indexOf('{')
  if (record === -1) return undefined
  try {
    const { time, rank, seq } = JSON.parse(text.slice(record))
    return [time, rank, seq].every(Number.isSafeInteger) ? { time, rank, seq } : undefined
  } catch {
    return undefined
  }
}
