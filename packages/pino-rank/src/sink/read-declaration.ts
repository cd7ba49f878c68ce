import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { declarationKey, type SinkDeclaration } from './declaration.ts'

/**
 * What the sink in this file says of its ranks, if anything. A module is loaded here, on the main thread, only if its
 * own text has the word `rank`: a target that knows nothing of ranks is neither run nor paid for outside its worker.
 * A sink that is heavy puts what it says into a `rank.js` beside its file, and only that is loaded.
 */
export function readDeclaration(file: string): SinkDeclaration | undefined {
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file
    if (!/\brank\b/.test(readFileSync(path, 'utf8'))) return undefined
    const light = join(dirname(path), 'rank.js')
    const load = createRequire(import.meta.url)
    return (existsSync(light) && declared(load(light).rank)) || declared(load(path).rank)
  } catch {
    return undefined // 'pino/file', a bundle, top-level await: what is wrong with a module is its worker's to say
  }
}

/** What a ready stream says of its ranks, if anything. */
export function streamDeclaration(stream: object): SinkDeclaration | undefined {
  return declared((stream as Record<symbol, unknown>)[declarationKey])
}

function declared(value: unknown): SinkDeclaration | undefined {
  return typeof value === 'object' && value !== null && 'ranks' in value && 'others' in value
    ? (value as SinkDeclaration)
    : undefined
}
