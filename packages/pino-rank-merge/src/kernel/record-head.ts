/**
 * Offsets in a record: of the fields that differ between ranks (time, process id, host, rank), and of the fields
 * after them.
 */
export interface RecordHead {
  /** End of the level, with its comma. */
  levelEnd: number
  /** Start of `"rank":3`. 0 if there is none. `rankEnd` is its end, without the comma. */
  rankStart: number
  rankEnd: number
  /** Start of the fields after them, which may be the same on several ranks. */
  end: number
}

const [quote, comma, zero, nine, backslash, brace] = [34, 44, 48, 57, 92, 125]
const level = Buffer.from('{"level":')
const time = Buffer.from('"time":')
const pid = Buffer.from('"pid":')
const host = Buffer.from('"hostname":')
const rank = Buffer.from('"rank":')

/** Returns the head of a record in pino's layout. Undefined if the layout is another. */
export function recordHead(bytes: Uint8Array): RecordHead | undefined {
  const levelEnd = endOfField(bytes, level, 0)
  if (levelEnd === 0) return undefined
  let at = endOfField(bytes, time, levelEnd)
  if (at === levelEnd) return undefined
  at = endOfField(bytes, pid, at)
  at = endOfField(bytes, host, at)
  const end = endOfField(bytes, rank, at)
  if (end === at) return { levelEnd, rankStart: 0, rankEnd: 0, end }
  return { levelEnd, rankStart: at, rankEnd: bytes[end - 1] === comma ? end - 1 : end, end }
}

/** Returns the end of a field with a number or string, its comma included. Returns `start` if that field is not there. */
function endOfField(bytes: Uint8Array, name: Uint8Array, start: number): number {
  if (!has(bytes, name, start)) return start
  const first = start + name.length
  let at = first
  if (bytes[at] === quote) {
    for (at++; at < bytes.length && bytes[at] !== quote; at++) if (bytes[at] === backslash) return start
    at++
  } else {
    for (let byte = bytes[at] as number; byte >= zero && byte <= nine; byte = bytes[at] as number) at++
    if (at === first) return start
  }
  if (bytes[at] === comma) return at + 1
  return bytes[at] === brace ? at : start
}

function has(bytes: Uint8Array, name: Uint8Array, start: number): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name[at]) return false
  return true
}
