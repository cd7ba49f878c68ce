import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { declarationKey, type SinkDeclaration } from './declaration.ts'
import { knownSink } from './known-sinks.ts'

/**
 * What the sink in this file says of its ranks, if anything. A module is loaded here, on the main thread, only if its
 * own text has the word `rank`: a target that knows nothing of ranks is neither run nor paid for outside its worker.
 * A sink that is heavy puts what it says into a `rank.js` beside its file, and only that is loaded. One of our own sinks
 * is known by its name where it cannot be read, so that it is never gated as a target that declares nothing.
 *
 * @param name the target as the user gave it
 * @param file where it was found; a bare name where a bundler keeps the place to itself
 */
export function readDeclaration(file: string, name: string): SinkDeclaration | undefined {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  try {
    if (!/\brank\b/.test(readFileSync(path, 'utf8'))) return undefined
    const light = join(dirname(path), 'rank.js')
    const load = createRequire(path) // import.meta.url is nothing in a CommonJS bundle
    const declaration = (existsSync(light) && declared(load(light).rank)) || declared(load(path).rank)
    if (declaration) return declaration
  } catch {
    // 'pino/file', a bundle, top-level await: what is wrong with a module is its worker's to say
  }
  return knownSink(name, path)
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
