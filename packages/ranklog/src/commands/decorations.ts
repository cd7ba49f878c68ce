import { type Block, type Decorator, dedup, label, reduce } from 'pino-rank-merge'
import type { LogSource } from '../files/index.ts'
import { prettyLines } from '../terminal/index.ts'

/** What is done with lines between reading and writing. */
export interface Decorations {
  names: readonly string[]
  hosts: readonly (string | undefined)[]
  dedup: boolean
  withinMs: number
  reduce: boolean
  since: number | undefined
  until: number | undefined
  level: number | undefined
  label: string | undefined
  pretty: boolean
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
  if (since !== undefined || until !== undefined || level !== undefined) found.push(filter(since, until, level))
  const groups = { names, windowMs: given.withinMs }
  const isOther = found.length > 0 || given.reduce || given.pretty || given.label
  if (given.dedup && !isOther) return { dedup: groups }
  const labelsText = !given.label && !given.pretty
  if (given.dedup) found.push(dedup({ ...groups, labelsText }))
  if (given.reduce) found.push(reduce({ names }))
  if (given.pretty) found.push(await prettyLines())
  const template = given.label ?? (given.pretty ? '[{rank}] ' : undefined)
  if (template) found.push(label({ template, names, hosts }))
  if (found.length === 0) return {}
  return { decorate: (blocks) => found.reduce((before, decorate) => decorate(before), blocks) }
}

/** Text that is no JSON has the time of the line before it, and no level: it passes. */
function filter(since = -Infinity, until = Infinity, level = 0): Decorator {
  const passes = ({ time, bytes }: Block) => time >= since && time < until && (level === 0 || levelIn(bytes) >= level)
  return async function* (batches) {
    for await (const blocks of batches) {
      const left = blocks.filter(passes)
      if (left.length > 0) yield left
    }
  }
}

const labels: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/** The level of a record, by its number or its label; Infinity: it has none. */
export function levelIn(bytes: Buffer): number {
  if (bytes[0] !== 123) return Infinity
  const [, number, name] = /"level":(?:(\d+)|"(\w+)")/.exec(bytes.toString('latin1', 0, 200)) ?? []
  if (number !== undefined) return Number(number)
  return name === undefined ? Infinity : (labels[name.toLowerCase()] ?? Infinity)
}
