import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import { isDescriptorShortage } from '../process/index.ts'
import { declarationKey, type SinkDeclaration } from './declaration.ts'
import { knownSink, registeredOpen } from './known-sinks.ts'
import { modulePath, unreadableTarget } from './resolve-target.ts'

/**
 * Returns what the sink in this file declares about ranks. Undefined if it declares nothing.
 *
 * A module is loaded here, on the main thread, only if its text contains the word `rank`. All other targets are loaded only in
 * their worker, so they cost nothing here. A sink that is slow to load puts its declaration into a `rank.js` next to its file,
 * and only that file is loaded.
 *
 * Of our own sinks, one for which `opens` returns true is loaded itself, because it will run on this thread anyway. One that the
 * program has imported is not loaded again. One that cannot be loaded is recognised by its name, so that it is never gated like
 * a target without a declaration.
 *
 * @throws {RankError} TARGET_NOT_FOUND if no file descriptor is free to read it. Gated like a target without a declaration, it
 * would silently write too little
 * @param name the target as the user gave it
 * @param file the resolved file; a bare name where a bundler hides the path
 * @param opens reports whether a sink with this declaration will be opened on this thread
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
    const lightFile = join(dirname(path), 'rank.js')
    const load = createRequire(path) // import.meta.url is empty in a CommonJS bundle
    const lightDeclaration = !isOpening && existsSync(lightFile) && declarationIn(load(lightFile).rank)
    const declaration = lightDeclaration || declarationIn(load(path).rank)
    if (declaration) return declaration
  } catch (error) {
    if (isDescriptorShortage(error)) throw unreadableTarget(name, error.code)
    // a module with top-level await; the worker reports any other fault
  }
  return knownSink(name, path)
}

/** Returns what a ready stream declares about ranks. Undefined if it declares nothing. */
export function streamDeclaration(stream: object): SinkDeclaration | undefined {
  return declarationIn((stream as Record<symbol, unknown>)[declarationKey])
}

function declarationIn(value: unknown): SinkDeclaration | undefined {
  return typeof value === 'object' && value !== null && 'ranks' in value && 'others' in value
    ? (value as SinkDeclaration)
    : undefined
}
