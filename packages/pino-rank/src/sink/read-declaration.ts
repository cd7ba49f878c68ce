import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import { isLack } from '../process/index.ts'
import { declarationKey, type SinkDeclaration } from './declaration.ts'
import { knownSink, registeredOpen } from './known-sinks.ts'
import { modulePath, unreadableTarget } from './resolve-target.ts'

/**
 * Returns what the sink in this file declares about ranks, if anything. A module is loaded here, on the main thread, only
 * if its text contains the word `rank`. Other targets are loaded only in their worker, so they cost nothing here. A heavy
 * sink puts its declaration into a `rank.js` next to its file, and only that file is loaded. If one of our own sinks cannot
 * be loaded, it is recognised by its name, so that it is never gated like a target that declares nothing. If it is one of our own
 * and `opens` says that it will be opened on this thread anyway, the sink itself is loaded, and no `rank.js`, unless the program has
 * imported it.
 *
 * @throws {RankError} TARGET_NOT_FOUND if no descriptor is left to read it. With the gate of a target that declares nothing, the
 *   sink would write too little, and nobody would notice.
 * @param name the target as the user gave it
 * @param file the resolved file; a bare name where a bundler hides the path
 */
export function readDeclaration(
  file: string,
  name: string,
  opens?: (known: SinkDeclaration) => boolean,
): SinkDeclaration | undefined {
  const path = modulePath(file)
  if (!isAbsolute(path)) return knownSink(name, path) // pino's own, or in a bundle
  try {
    if (!/\brank\b/.test(readFileSync(path, 'utf8'))) return undefined
    // Under Plug'n'Play a sink that the program has imported is in the cache, but its append cannot load its files.
    const known = registeredOpen(name, path) ? undefined : knownSink(name, path)
    const isOpening = known?.inProcess === true && opens?.(known)
    const light = join(dirname(path), 'rank.js')
    const load = createRequire(path) // import.meta.url is empty in a CommonJS bundle
    const inLight = !isOpening && existsSync(light) && declarationIn(load(light).rank)
    const declaration = inLight || declarationIn(load(path).rank)
    if (declaration) return declaration
  } catch (error) {
    if (isLack(error)) throw unreadableTarget(name, error.code)
    // top-level await; the worker reports any other fault of the module
  }
  return knownSink(name, path)
}

/** Returns what a ready stream declares about ranks, if anything. */
export function streamDeclaration(stream: object): SinkDeclaration | undefined {
  return declarationIn((stream as Record<symbol, unknown>)[declarationKey])
}

function declarationIn(value: unknown): SinkDeclaration | undefined {
  return typeof value === 'object' && value !== null && 'ranks' in value && 'others' in value
    ? (value as SinkDeclaration)
    : undefined
}
