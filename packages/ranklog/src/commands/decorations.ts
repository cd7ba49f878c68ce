import { lineLevel } from 'pino-rank/record'
import { type Block, type Decorator, dedup, reduce } from 'pino-rank-merge'
import type { LogSource } from '../files/index.ts'
import { labelledLines, prettyLines, safeLines } from '../terminal/index.ts'

/** Selects records by time and level. */
export interface Filter {
  since?: number | undefined
  until?: number | undefined
  level?: number | undefined
}

/** How lines are changed between reading and writing. */
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

/** The steps between the merge and the output. If there are none, the merge copies ranges of memory, which is fastest. */
export interface Pipeline {
  /** Changes and selects lines. Each line then becomes an object. */
  decorate?: Decorator
  /** Removes duplicates without objects, so that the merge still copies ranges of memory. Only without `decorate`. */
  dedup?: { names: readonly string[]; windowMs: number }
}

/** Returns the fastest pipeline for these options. @throws {InputError} if pino-pretty is needed and not installed */
export async function pipelineOf(given: Decorations): Promise<Pipeline> {
  const { names, hosts, since, until, level } = given
  const decorators: Decorator[] = []
  if (since !== undefined || until !== undefined || level !== undefined)
    decorators.push(filter({ since, until, level }))
  const groups = { names, windowMs: given.withinMs }
  const hasOtherSteps = decorators.length > 0 || given.reduce || given.pretty || given.label || given.isTerminal
  if (given.dedup && !hasOtherSteps) return { dedup: groups }
  const labelsText = !given.label && !given.pretty
  if (given.dedup) decorators.push(dedup({ ...groups, labelsText }))
  if (given.reduce) decorators.push(reduce({ names }))
  if (given.pretty) decorators.push(await prettyLines())
  const template = given.label ?? (given.pretty ? '[{rank}] ' : undefined)
  if (template) decorators.push(labelledLines(template, names, hosts, given.isTerminal && !given.pretty))
  else if (given.isTerminal) decorators.push(safeLines)
  if (decorators.length === 0) return {}
  return { decorate: (blocks) => decorators.reduce((before, decorate) => decorate(before), blocks) }
}

/**
 * Returns a decorator that passes on the selected records. Text that is not JSON has the time of the line before it and no
 * level, so that `level` does not remove it.
 */
export function filter({ since = -Infinity, until = Infinity, level = 0 }: Filter): Decorator {
  const isSelected = ({ time, bytes }: Block) =>
    time >= since && time < until && (level === 0 || levelIn(bytes) >= level)
  return async function* (batches) {
    for await (const blocks of batches) {
      const selected = blocks.filter(isSelected)
      if (selected.length > 0) yield selected
    }
  }
}

/** Returns the level of a record; Infinity if it has no level or an unknown one, so that `level` does not remove it. */
function levelIn(bytes: Buffer): number {
  if (bytes[0] !== brace && bytes[0] !== space && bytes[0] !== tab) return Infinity
  const end = bytes.indexOf(newline)
  return lineLevel(bytes.toString('utf8', 0, end === -1 ? bytes.length : end)) ?? Infinity
}

const [tab, newline, space, brace] = [9, 10, 32, 123]
