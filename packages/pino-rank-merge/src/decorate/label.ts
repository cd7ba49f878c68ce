import type { Decorator } from './block.ts'
import { ranksText } from './ranks-text.ts'

export interface LabelOptions {
  /** The label: a text in which `{rank}` and `{host}` are replaced, or a function that returns the text. */
  template: string | ((ranks: string, host: string) => string)
  /** The name of each source: its rank. */
  names: readonly string[]
  hosts?: readonly (string | undefined)[]
}

/**
 * Returns a decorator that puts a label before each line. A line of several sources gets one label with all its
 * ranks. The rest of an incomplete line gets none.
 */
export function label({ template, names, hosts = [] }: LabelOptions): Decorator {
  const cache = new Map<string, Buffer>()
  const labelOf = (sources: readonly number[]) => {
    const key = sources.join()
    let text = cache.get(key)
    if (!text) {
      const ranks = ranksText(sources.map((source) => names[source] as string))
      const host = [...new Set(sources.map((source) => hosts[source] ?? ''))].join(',')
      text = Buffer.from(
        typeof template === 'string'
          ? template.replaceAll('{rank}', ranks).replaceAll('{host}', host)
          : template(ranks, host),
      )
      if (cache.size < 10_000) cache.set(key, text)
    }
    return text
  }
  return async function* (batches) {
    let isWithinLine = false
    for await (const blocks of batches)
      yield blocks.map((block) => {
        const bytes = addLabel(block.bytes, labelOf(block.sources), isWithinLine)
        isWithinLine = block.bytes.at(-1) !== newline
        return { ...block, bytes }
      })
  }
}

const newline = 10

/** @param isWithinLine true if the bytes begin within a line, which already has a label */
function addLabel(bytes: Buffer, label: Buffer, isWithinLine: boolean): Buffer {
  const parts: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newline, start) + 1 || bytes.length
    if (start > 0 || !isWithinLine) parts.push(label)
    parts.push(bytes.subarray(start, end))
    start = end
  }
  return Buffer.concat(parts)
}
