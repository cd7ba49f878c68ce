import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pino from 'pino'
import { isLack } from '../process/index.ts'
import { declarationKey, type SinkDeclaration } from './declaration.ts'
import { knownSink } from './known-sinks.ts'
import { unreadableTarget } from './resolve-target.ts'

/**
 * Returns what the sink in this file declares about ranks, if anything. A module is loaded here, on the main thread, only
 * if its text contains the word `rank`. Other targets are loaded only in their worker, so they cost nothing here. A heavy
 * sink puts its declaration into a `rank.js` next to its file, and only that file is loaded. If one of our own sinks cannot
 * be loaded, it is recognised by its name, so that it is never gated like a target that declares nothing.
 *
 * @throws {RankError} TARGET_NOT_FOUND if no descriptor is left to read it. With the gate of a target that declares nothing, the
 *   sink would write too little, and nobody would notice.
 * @param name the target as the user gave it
 * @param file the resolved file; a bare name where a bundler hides the path
 */
export function readDeclaration(file: string, name: string): SinkDeclaration | undefined {
  const path = pathOf(file)
  if (!isAbsolute(path)) return knownSink(name, path) // pino's own, or in a bundle
  try {
    if (!/\brank\b/.test(readFileSync(path, 'utf8'))) return undefined
    const light = join(dirname(path), 'rank.js')
    const load = createRequire(path) // import.meta.url is empty in a CommonJS bundle
    const declaration = (existsSync(light) && declarationIn(load(light).rank)) || declarationIn(load(path).rank)
    if (declaration) return declaration
  } catch (error) {
    if (isLack(error)) throw unreadableTarget(name, error.code)
    // top-level await; the worker reports any other fault of the module
  }
  return knownSink(name, path)
}

/**
 * Calls the default export of the target's module on this thread, and returns its stream. Undefined where the module cannot be
 * loaded synchronously: in some bundles, and under yarn's Plug'n'Play on Node 20.
 *
 * @throws EMFILE or ENFILE if no descriptor is left to load it; what the sink throws for its options
 */
export function openInProcess(file: string, name: string, options: object): pino.DestinationStream | undefined {
  const path = pathOf(file)
  if (!isAbsolute(path)) return undefined
  const stream = loadDefault(path, name)?.(options)
  return typeof stream?.write === 'function' ? stream : undefined
}

type OpenTarget = (options: object) => pino.DestinationStream | undefined

function loadDefault(path: string, name: string): OpenTarget | undefined {
  try {
    const { default: open } = createRequire(path)(path)
    return typeof open === 'function' ? open : undefined
  } catch (error) {
    if (!isLack(error)) return undefined
    const message = `${error.code}: too many open files to load ${name}; raise the limit of open files (ulimit -n)`
    throw Object.assign(new Error(message), { code: error.code })
  }
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file
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
