import { lineLevel } from 'pino-rank/record'
import { type Block, type Decorator, dedup, reduce } from 'pino-rank-merge'
import type { LogSource } from '../files/index.ts'
import { labelled, prettyLines, safeLines } from '../terminal/index.ts'

/** Which records pass. */
export interface Filter {
  since?: number | undefined
  until?: number | undefined
  level?: number | undefined
}

/** What is done with lines between reading and writing. */
export interface Decorations extends Filter {
  names: readonly string[]
  hosts: readonly (string | undefined)[]
  dedup: boolean
  withinMs: number
  reduce: boolean
  label: string | undefined
  pretty: boolean
  /** True if a terminal shows the result. */
  isTerminal: boolean
}

export function namesOf(sources: readonly LogSource[]): string[] {
  return sources.map(({ label }) => label)
}

/** How lines go: through decorators, or, which is faster, as ranges of memory. */
export interface Way {
  decorate?: Decorator
  dedup?: { names: readonly string[]; windowMs: number }
}

/** @throws {InputError} where pino-pretty is asked for and missing */
export async function wayOf(given: Decorations): Promise<Way> {
  const { names, hosts, since, until, level } = given
  const found: Decorator[] = []
  if (since !== undefined || until !== undefined || level !== undefined) found.push(filter({ since, until, level }))
  const groups = { names, windowMs: given.withinMs }
  const isOther = found.length > 0 || given.reduce || given.pretty || given.label || given.isTerminal
  if (given.dedup && !isOther) return { dedup: groups }
  const labelsText = !given.label && !given.pretty
  if (given.dedup) found.push(dedup({ ...groups, labelsText }))
  if (given.reduce) found.push(reduce({ names }))
  if (given.pretty) found.push(await prettyLines())
  const template = given.label ?? (given.pretty ? '[{rank}] ' : undefined)
  if (template) found.push(labelled(template, names, hosts, given.isTerminal && !given.pretty))
  else if (given.isTerminal) found.push(safeLines)
  if (found.length === 0) return {}
  return { decorate: (blocks) => found.reduce((before, decorate) => decorate(before), blocks) }
}

/** Text that is no JSON has the time of the line before it, and no level: it passes. */
export function filter({ since = -Infinity, until = Infinity, level = 0 }: Filter): Decorator {
  const isSelected = ({ time, bytes }: Block) =>
    time >= since && time < until && (level === 0 || levelIn(bytes) >= level)
  return async function* (batches) {
    for await (const blocks of batches) {
      const left = blocks.filter(isSelected)
      if (left.length > 0) yield left
    }
  }
}

/** Returns the level of a record. Infinity if it has none, or one that is not known: it passes any filter. */
function levelIn(bytes: Buffer): number {
  if (bytes[0] !== brace && bytes[0] !== space && bytes[0] !== tab) return Infinity
  const end = bytes.indexOf(newline)
  return lineLevel(bytes.toString('utf8', 0, end === -1 ? bytes.length : end)) ?? Infinity
}

const [tab, newline, space, brace] = [9, 10, 32, 123]
