import type { Block, Decorator } from './block.ts'
import { ranksText } from './ranks-text.ts'
import { recordHead } from './record-head.ts'

export interface DedupOptions {
  /** How far apart the same may be said, in ms. @default 50 */
  windowMs?: number
  /** What each source is called: its rank. */
  names: readonly string[]
}

/** What several sources say in the same words is what they say together. */
interface Group {
  hash: number
  /** As the first of them said it. */
  bytes: Buffer
  /** What they have in common: of this the level, and all from `tail` on. */
  key: Buffer
  levelEnd: number
  tail: number
  rankStart: number
  rankEnd: number
  time: number
  /** A bit for each. */
  sources: Uint32Array
  count: number
  open: boolean
}

const own = ['time', 'pid', 'hostname', 'rank']

/**
 * The same record of several sources within the window becomes one, with `ranks`; the same text, e.g. a stack trace, stands once.
 * Two are the same if they have the same level, message and fields, but for time, pid, hostname and rank: numbers that differ
 * are never dropped. What one source says twice are two.
 */
export function dedup({ windowMs = 50, names }: DedupOptions): Decorator {
  return async function* (batches) {
    const groups = new Groups(names)
    for await (const blocks of batches) {
      for (const block of blocks) {
        groups.close(block.time - windowMs)
        groups.take(block)
      }
      const closed = groups.said()
      if (closed.length > 0) yield closed
    }
    groups.close(Infinity)
    yield groups.said()
  }
}

class Groups {
  readonly #names: readonly string[]
  readonly #all: string
  /** Open ones, by what they say; those of one hash in a list. */
  readonly #open = new Map<number, Group[]>()
  /** In the order in which they were first said. */
  #queue: Group[] = []
  #head = 0
  #said: Block[] = []

  constructor(names: readonly string[]) {
    this.#names = names
    this.#all = ranksText(names)
  }

  take({ bytes, time, sources }: Block): void {
    const head = recordHead(bytes)
    // another layout is brought into pino's, and text is compared as a whole
    const key = head === undefined && bytes[0] === 123 ? (bare(bytes) ?? bytes) : bytes
    const [levelEnd, tail] = head ? [head.levelEnd, head.end] : [0, 0]
    const hash = hashOf(key, tail, hashOf(key, 0, 0, levelEnd))
    const source = sources[0] as number
    const known = this.#open.get(hash)
    const same = known?.find((group) => isSame(group, key, levelEnd, tail))
    if (same && !has(same.sources, source)) {
      same.sources[source >> 5] = (same.sources[source >> 5] as number) | (1 << (source & 31))
      same.count++
      return
    }
    if (same) this.#shut(same)
    const bits = new Uint32Array((this.#names.length >> 5) + 1)
    bits[source >> 5] = 1 << (source & 31)
    const [rankStart, rankEnd] = head ? [head.rankStart, head.rankEnd] : [0, 0]
    const copy = Buffer.from(bytes)
    const group = {
      hash,
      bytes: copy,
      key: key === bytes ? copy : key,
      levelEnd,
      tail,
      rankStart,
      rankEnd,
      time,
      sources: bits,
      count: 1,
      open: true,
    }
    this.#queue.push(group)
    const others = this.#open.get(hash)
    if (others) others.push(group)
    else this.#open.set(hash, [group])
  }

  /** What is older than this, what all have said and what was said again. */
  close(before: number): void {
    for (; this.#head < this.#queue.length; this.#head++) {
      const group = this.#queue[this.#head] as Group
      if (group.open && group.time >= before && group.count < this.#names.length) break
      this.#shut(group)
      this.#said.push(this.#block(group))
    }
    if (this.#head > 4096 && 2 * this.#head > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
  }

  said(): Block[] {
    const said = this.#said
    this.#said = []
    return said
  }

  #shut(group: Group): void {
    if (!group.open) return
    group.open = false
    const others = this.#open.get(group.hash) as Group[]
    if (others.length === 1) this.#open.delete(group.hash)
    else others.splice(others.indexOf(group), 1)
  }

  #block({ bytes, time, sources, count, rankStart, rankEnd }: Group): Block {
    const all = this.#names.flatMap((_, source) => (has(sources, source) ? [source] : []))
    if (count === 1) return { bytes, time, sources: all }
    const ranks =
      count === this.#names.length ? this.#all : ranksText(all.map((source) => this.#names[source] as string))
    return { bytes: withRanks(bytes, ranks, rankStart, rankEnd), time, sources: all }
  }
}

function has(bits: Uint32Array, source: number): boolean {
  return ((bits[source >> 5] as number) & (1 << (source & 31))) !== 0
}

function isSame(
  { key, levelEnd: otherLevel, tail: otherTail }: Group,
  bytes: Buffer,
  levelEnd: number,
  tail: number,
): boolean {
  if (otherLevel !== levelEnd || key.length - otherTail !== bytes.length - tail) return false
  const level = levelEnd === 0 || key.compare(bytes, 0, levelEnd, 0, levelEnd) === 0
  return level && key.compare(bytes, tail, bytes.length, otherTail, key.length) === 0
}

/** FNV-1a over four bytes at a time. */
function hashOf(bytes: Uint8Array, start: number, seed: number, end: number = bytes.length): number {
  let hash = seed ^ 0x811c9dc5
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ word, 0x01000193)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return hash
}

/** A record without what differs between ranks; undefined: it is no JSON. */
function bare(bytes: Buffer): Buffer | undefined {
  try {
    const fields = JSON.parse(bytes.toString())
    for (const name of own) delete fields[name]
    return Buffer.from(`${JSON.stringify(fields)}\n`)
  } catch {
    return undefined
  }
}

/** `"ranks":"0-7"` in the place of `"rank":0`; text keeps its words. */
function withRanks(bytes: Buffer, ranks: string, start: number, end: number): Buffer {
  if (bytes[0] !== 123) return bytes
  const text = `"ranks":"${ranks}"`
  if (end > 0) return Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)])
  return Buffer.concat([bytes.subarray(0, 1), Buffer.from(`${text},`), bytes.subarray(1)])
}
