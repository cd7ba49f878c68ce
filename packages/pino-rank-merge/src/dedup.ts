import type { Block, Decorator } from './block.ts'
import { ranksText } from './ranks-text.ts'

export interface DedupOptions {
  /** How far apart the same may be said, in ms. @default 50 */
  windowMs?: number
  /** What each source is called: its rank. */
  names: readonly string[]
}

/** What several sources say in the same words is what they say together. */
interface Group {
  key: string
  block: Block
  sources: Set<number>
}

/** pino's head: level and time, process, host, rank; what differs between ranks is in it. */
const head = /^\{("level":\d+,)"time":\d+,(?:"pid":\d+,)?(?:"hostname":"[^"\\]*",)?(?:"rank":\d+,?)?/
const own = ['time', 'pid', 'hostname', 'rank']

/**
 * The same record of several sources within the window becomes one, with `ranks`; the same text, e.g. a stack trace, stands once.
 * Two are the same if they have the same level, message and fields, but for time, pid, hostname and rank: numbers that differ
 * are never dropped. What one source says twice are two.
 */
export function dedup({ windowMs = 50, names }: DedupOptions): Decorator {
  return async function* (batches) {
    const open = new Map<string, Group>()
    const queue: Group[] = []
    const closed: Block[] = []
    const close = (before: number) => {
      for (let group = queue[0]; group; group = queue[0]) {
        if (group.block.time >= before && group.sources.size < names.length && open.get(group.key) === group) break
        queue.shift()
        if (open.get(group.key) === group) open.delete(group.key)
        closed.push(said(group, names))
      }
    }
    for await (const blocks of batches) {
      for (const block of blocks) {
        close(block.time - windowMs)
        const [source = 0] = block.sources
        const key = keyOf(block.bytes.toString('latin1'))
        const known = open.get(key)
        if (known && !known.sources.has(source)) {
          known.sources.add(source)
          continue
        }
        const group = { key, block: { ...block, bytes: Buffer.from(block.bytes) }, sources: new Set([source]) }
        open.set(key, group)
        queue.push(group)
      }
      if (closed.length > 0) yield closed.splice(0)
    }
    close(Infinity)
    if (closed.length > 0) yield closed.splice(0)
  }
}

function keyOf(line: string): string {
  const found = head.exec(line)
  if (found) return found[1] + line.slice(found[0].length)
  if (!line.startsWith('{')) return line
  try {
    const fields = JSON.parse(line)
    for (const name of own) delete fields[name]
    return JSON.stringify(fields)
  } catch {
    return line
  }
}

function said({ block, sources }: Group, names: readonly string[]): Block {
  if (sources.size === 1) return block
  const all = [...sources].sort((a, b) => a - b)
  const ranks = ranksText(all.map((source) => names[source] as string))
  return { ...block, sources: all, bytes: withRanks(block.bytes, ranks) }
}

/** `"ranks":"0-7"` in the place of `"rank":0`; text keeps its words. */
function withRanks(bytes: Buffer, ranks: string): Buffer {
  if (bytes[0] !== 123) return bytes
  const line = bytes.toString('latin1')
  const found = head.exec(line)
  const rank = found && /"rank":\d+/.exec(found[0])
  if (rank) return Buffer.from(line.replace(rank[0], `"ranks":"${ranks}"`), 'latin1')
  return Buffer.from(`{"ranks":"${ranks}",${line.slice(1)}`, 'latin1')
}
