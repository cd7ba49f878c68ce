const newline = 10

/** A write to a full disk ends at the end of a block. The size of a block is a multiple of this number of bytes. */
export const blockBytes = 512

/** A split write, and the content of the file before its last part. */
export interface SplitSearch {
  before: Buffer
  /** The position of `before` in the file. */
  position: number
  written: Buffer
  /** The position of the last part in `written`. */
  lastPart: number
}

/** The lines of a split write that are not whole in the file. */
export interface Cuts {
  /** The lines, each with its newline, without the last line of the write if that was not written to its end. */
  lines: Buffer[]
  /** The ends of their fragments in the file that have no newline there. */
  fragmentEnds: number[]
  /** False if a fragment was not found. */
  isComplete: boolean
}

/** A line of the write, by its start and end there. */
interface Line {
  start: number
  end: number
}

/** A fragment of a line, or the rest of it, in `before`. */
interface Part {
  start: number
  length: number
  isRest: boolean
  /** The number of bytes that match the write, including those before the line. */
  matchingBytes: number
}

/**
 * Finds the lines that are cut, and their fragments. A line is whole if the file has it as it was written, and in the order in
 * which it was written.
 */
export function findCuts(search: SplitSearch): Cuts {
  const { before, position, written, lastPart } = search
  const cuts: Cuts = { lines: [], fragmentEnds: [], isComplete: true }
  let from = 0
  for (let start = 0, end: number; start < lastPart; start = end) {
    end = written.indexOf(newline, start) + 1 || written.length
    const line = written.subarray(start, end)
    const isUnfinished = line.at(-1) !== newline
    // The last part begins in this line, directly after another process's line.
    const isCut = isUnfinished || (end > lastPart && before.at(-1) === newline)
    const at = before.indexOf(line, from)
    // Another process that opens the file ends a fragment with a newline, which can make the line whole.
    const isMadeWhole = end === lastPart + 1 && (position + at + line.length) % blockBytes <= 1
    if (at !== -1 && (!isCut || isMadeWhole)) {
      from = at + line.length
      continue
    }
    if (!isUnfinished) cuts.lines.push(line)
    const parts = findParts(search, { start, end }, 0, from)
    if (!parts) cuts.isComplete = false
    for (const part of parts ?? []) {
      const partEnd = part.start + part.length
      if (!part.isRest && before[partEnd] !== newline) cuts.fragmentEnds.push(position + partEnd)
    }
  }
  return cuts
}

/**
 * Finds the parts of a line from its byte `done` on, in order: its fragments, and its rest unless the last part has it. No part
 * is before `from`.
 */
function findParts(search: SplitSearch, line: Line, done: number, from: number): Part[] | undefined {
  const missing = Math.min(line.end, search.lastPart) - line.start - done
  if (missing === 0) return []
  if (missing < 0) return undefined
  for (const part of candidates(search, line, done, from)) {
    const more = findParts(search, line, done + part.length, part.start + part.length)
    if (more) return [part, ...more]
  }
  return undefined
}

/** Returns the candidates for the next part of the line, the most likely first. */
function candidates(search: SplitSearch, line: Line, done: number, from: number): Part[] {
  const { before, position, written, lastPart } = search
  const rest = written.subarray(line.start + done, line.end)
  const previous = done === 0 ? lastLine(written.subarray(0, line.start)) : undefined
  const found: Part[] = []
  for (const start of partStarts(before, position, from)) {
    const common = commonStart(before.subarray(start), rest)
    if (done === 0 && common === rest.length) continue // another process's line
    const isRest = common === rest.length && line.end <= lastPart
    const length = isRest ? common : common - ((position + start + common) % blockBytes)
    if (length <= 0) continue
    const same = done === 0 ? commonEnd(before.subarray(0, start), written.subarray(0, line.start)) : 0
    const isOwn = previous !== undefined && same >= previous.length
    const part = { start, length, isRest, matchingBytes: length + same }
    if (isRest || isOwn || isFragmentEnd(search, part, line, done)) found.push(part)
  }
  return found.sort((a, b) => b.matchingBytes - a.matchingBytes)
}

/** Returns the last of these whole lines, with its newline. Undefined if there is none. */
function lastLine(lines: Buffer): Buffer | undefined {
  const text = lines.subarray(0, -1)
  return lines.length === 0 ? undefined : lines.subarray(text.lastIndexOf(newline) + 1)
}

/** Yields the positions at which a part can begin: after a newline, or after a fragment that fills its block. */
function* partStarts(before: Buffer, position: number, from: number): Generator<number> {
  if (from > 0 || position === 0) yield from
  let block = from + blockBytes - ((position + from) % blockBytes)
  for (let line = before.indexOf(newline, from) + 1; line > 0; line = before.indexOf(newline, line) + 1) {
    for (; block < line; block += blockBytes) yield block
    if (block === line) block += blockBytes
    yield line
  }
  for (; block < before.length; block += blockBytes) yield block
}

/**
 * Reports whether a fragment may end where the part ends. It may if the data after it matches the start of a line better than the
 * next bytes of this line. If the part and that data are JSON together, they are a line of another process.
 */
function isFragmentEnd({ before, written }: SplitSearch, part: Part, line: Line, done: number): boolean {
  const end = part.start + part.length
  if (before[end] === newline) return true
  const after = before.subarray(end)
  const likeLineStart = commonStart(after, written.subarray(line.start, line.end))
  const next = written.subarray(line.start + done + part.length, line.end)
  if (likeLineStart === 0 || likeLineStart < commonStart(after, next)) return false
  return !isJson(before.subarray(part.start, before.indexOf(newline, end) + 1 || before.length))
}

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString())
    return true
  } catch {
    return false
  }
}

function commonStart(a: Buffer, b: Buffer): number {
  const at = a.findIndex((byte, at) => byte !== b[at])
  return at === -1 ? a.length : at
}

/** Returns the number of equal bytes at the ends of two buffers. */
export function commonEnd(a: Buffer, b: Buffer): number {
  const at = a.findLastIndex((byte, at) => byte !== b[at - a.length + b.length])
  return a.length - 1 - at
}
