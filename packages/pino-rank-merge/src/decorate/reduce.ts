import type { Block, Decorator } from './block.ts'
import { ranksText } from './ranks-text.ts'

export interface ReduceOptions {
  /** The name of each source: its rank, which may have several sources. */
  names: readonly string[]
  /** How long a step waits for other sources after its first record, in ms. @default 60000 */
  windowMs?: number
}

interface Total {
  sum: number
  /** Sum of the values times their weights. */
  weighted: number
  weight: number
  count: number
  min: number
  max: number
}

interface Step {
  step: number
  /** Times of its first and its last record, in ms since 1970. */
  since: number
  time: number
  sources: Set<number>
  /** The names of the sources. */
  ranks: Set<string>
  totals: Map<string, Total>
}

/**
 * Returns a decorator that makes one record of the metric records of a step: mean (weighted by `batchSize` if a record
 * has it), min, max, sum and count of each metric, the ranks of the step, and the missing ranks. `metrics` are the
 * means. Other blocks are passed on unchanged.
 */
export function reduce({ names, windowMs = 60_000 }: ReduceOptions): Decorator {
  const rankCount = new Set(names).size
  return async function* (batches) {
    const steps = new Map<number, Step>()
    const close = (step: Step): Block => {
      steps.delete(step.step)
      return { bytes: recordOf(step, names), time: step.time, sources: [...step.sources].sort((a, b) => a - b) }
    }
    for await (const blocks of batches) {
      const out: Block[] = []
      for (const block of blocks) {
        for (const step of steps.values()) if (step.since < block.time - windowMs) out.push(close(step))
        const record = metricIn(block.bytes)
        if (!record) {
          out.push(block)
          continue
        }
        let step = steps.get(record.step)
        const source = block.sources[0] as number
        if (!step) {
          step = {
            step: record.step,
            since: block.time,
            time: block.time,
            sources: new Set(),
            ranks: new Set(),
            totals: new Map(),
          }
          steps.set(record.step, step)
        }
        step.time = block.time
        for (const each of block.sources) {
          step.sources.add(each)
          step.ranks.add(names[each] as string)
        }
        for (const [name, value] of record.values) add(step.totals, name, value, record.weight, block.sources.length)
        for (const earlier of steps.values())
          if (isComplete(earlier, { step: record.step, source }, rankCount, steps)) out.push(close(earlier))
      }
      if (out.length > 0) yield out
    }
    const rest = [...steps.values()].sort((a, b) => a.step - b.step).map(close)
    if (rest.length > 0) yield rest
  }
}

/** Reports whether a step is complete: all ranks have logged it, and `next` is a later step of one of its sources. */
function isComplete(
  { step, ranks, sources }: Step,
  next: { step: number; source: number },
  rankCount: number,
  steps: Map<number, Step>,
): boolean {
  return step < next.step && ranks.size === rankCount && sources.has(next.source) && steps.has(next.step)
}

function metricIn(bytes: Buffer): { step: number; values: [string, number][]; weight: number } | undefined {
  if (!bytes.includes('"metrics":')) return undefined
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
  const { metrics, step, batchSize } = fields
  if (typeof metrics !== 'object' || metrics === null || typeof step !== 'number') return undefined
  const values: [string, number][] = []
  numbersIn(metrics, '', values)
  const weight = typeof batchSize === 'number' && batchSize > 0 ? batchSize : 1
  return values.length > 0 ? { step, values, weight } : undefined
}

function numbersIn(branch: object, prefix: string, values: [string, number][]): void {
  for (const [name, value] of Object.entries(branch)) {
    if (typeof value === 'number') values.push([prefix + name, value])
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      numbersIn(value, `${prefix}${name}/`, values)
  }
}

function add(totals: Map<string, Total>, name: string, value: number, weight: number, times: number): void {
  const total = totals.get(name) ?? { sum: 0, weighted: 0, weight: 0, count: 0, min: Infinity, max: -Infinity }
  totals.set(name, {
    sum: total.sum + value * times,
    weighted: total.weighted + value * weight * times,
    weight: total.weight + weight * times,
    count: total.count + times,
    min: Math.min(total.min, value),
    max: Math.max(total.max, value),
  })
}

function recordOf({ step, time, ranks, totals }: Step, names: readonly string[]): Buffer {
  const each = (figure: (total: Total) => number) =>
    Object.fromEntries([...totals].map(([name, total]) => [name, figure(total)]))
  const mean = each(({ weighted, weight }) => weighted / weight)
  const missing = names.filter((name) => !ranks.has(name))
  const record = {
    level: 30,
    time,
    metrics: mean,
    step,
    ranks: ranksText([...ranks]),
    mean,
    min: each(({ min }) => min),
    max: each(({ max }) => max),
    sum: each(({ sum }) => sum),
    count: each(({ count }) => count),
    ...(missing.length > 0 && { missing: ranksText(missing) }),
  }
  return Buffer.from(`${JSON.stringify(record)}\n`)
}
