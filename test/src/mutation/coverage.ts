import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Range {
  startOffset: number
  endOffset: number
  count: number
}

/** V8's coverage of one process, as NODE_V8_COVERAGE writes it. */
interface V8Coverage {
  result: { url: string; functions: { ranges: Range[] }[] }[]
}

/** For each module, by path, a byte per character: 1 if it was executed. */
export type Executed = Map<string, Uint8Array>

/** Reads the coverage files in `dir` for the modules below a folder, and removes the files. */
export function readCoverage(dir: string, below: string): Executed {
  const executed: Executed = new Map()
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    for (const { url, functions } of resultOf(path)) {
      if (!url.startsWith('file:') || !fileURLToPath(url).startsWith(below)) continue
      const module = fileURLToPath(url)
      executed.set(module, either(executed.get(module), executedIn(functions.flatMap(({ ranges }) => ranges))))
    }
    rmSync(path)
  }
  return executed
}

/** Reads a coverage file. Returns nothing for a torn file, which a killed process leaves. */
function resultOf(path: string): V8Coverage['result'] {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as V8Coverage).result
  } catch {
    return []
  }
}

/** Returns a byte per character. The smallest range around a character counts: a block, a function or the module. */
function executedIn(ranges: readonly Range[]): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)))
  const length = ({ startOffset, endOffset }: Range) => endOffset - startOffset
  for (const range of ranges.toSorted((a, b) => length(b) - length(a)))
    bytes.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset)
  return bytes
}

function either(a: Uint8Array | undefined, b: Uint8Array): Uint8Array {
  if (!a) return b
  const [long, short] = a.length < b.length ? [b, a] : [a, b]
  for (const [at, byte] of short.entries()) if (byte) long[at] = 1
  return long
}
