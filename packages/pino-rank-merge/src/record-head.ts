/** Where a record's own part begins: behind level, time, process, host and rank, which differ between ranks. */
export interface RecordHead {
  /** Behind the level and its comma. */
  levelEnd: number
  /** Of `"rank":3`, its comma not included; 0: there is none. */
  rankStart: number
  rankEnd: number
  /** Where what ranks may have in common goes on. */
  end: number
}

const [quote, comma, zero, nine, backslash, brace] = [34, 44, 48, 57, 92, 125]
const level = Buffer.from('{"level":')
const time = Buffer.from('"time":')
const pid = Buffer.from('"pid":')
const host = Buffer.from('"hostname":"')
const rank = Buffer.from('"rank":')

/** In pino's layout; undefined: it is another. The result is used again. */
export function recordHead(bytes: Uint8Array): RecordHead | undefined {
  let at = number(bytes, level, 0)
  if (at === 0) return undefined
  found.levelEnd = at
  at = number(bytes, time, at)
  if (at === found.levelEnd) return undefined
  at = number(bytes, pid, at)
  at = text(bytes, at)
  found.rankStart = at
  const end = number(bytes, rank, at)
  found.rankEnd = bytes[end - 1] === comma ? end - 1 : end
  if (end === at) found.rankStart = found.rankEnd = 0
  found.end = end
  return found
}

const found: RecordHead = { levelEnd: 0, rankStart: 0, rankEnd: 0, end: 0 }

/** Behind a name, a number and a comma, or before a last brace; where it began, if it is not there. */
function number(bytes: Uint8Array, name: Uint8Array, start: number): number {
  if (!has(bytes, name, start)) return start
  let at = start + name.length
  const first = at
  for (let byte = bytes[at] as number; byte >= zero && byte <= nine; byte = bytes[at] as number) at++
  if (at === first) return start
  if (bytes[at] === comma) return at + 1
  return bytes[at] === brace ? at : start
}

function text(bytes: Uint8Array, start: number): number {
  if (!has(bytes, host, start)) return start
  for (let at = start + host.length; at < bytes.length; at++) {
    if (bytes[at] === backslash) return start
    if (bytes[at] === quote) return bytes[at + 1] === comma ? at + 2 : start
  }
  return start
}

function has(bytes: Uint8Array, name: Uint8Array, start: number): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name[at]) return false
  return true
}
