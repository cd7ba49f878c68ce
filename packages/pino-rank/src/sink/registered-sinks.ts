import type pino from 'pino'
import type { SinkDeclaration } from './declaration.ts'

/** What a target module exports as default. */
export type OpenTarget<Options = never> = (options: Options) => pino.DestinationStream | undefined

interface RegisteredSink {
  rank: SinkDeclaration
  open: OpenTarget
}

/** Shared by all copies of pino-rank in the thread: a bundle may have several. */
const registryKey = Symbol.for('pino-rank.sinks')
const shared = globalThis as { [registryKey]?: Map<string, RegisteredSink> }

/**
 * Registers a sink for `rankLogger`. A sink's module calls it when it is loaded. So a program that imports the
 * sink can name it as a target where `rankLogger` cannot load the module itself: under yarn's Plug'n'Play, and in a bundle.
 *
 * @param name the package, which is the target's name
 * @param rank what the module exports as `rank`. Its `append` is not used: a gated rank's first error opens the sink
 * @param open its default export
 */
export function registerSink(name: string, rank: SinkDeclaration<never>, open: OpenTarget): void {
  shared[registryKey] ??= new Map()
  const { append, ...declaration } = rank // it may load files by itself, which such a loader does not find
  shared[registryKey].set(name, { rank: declaration, open })
}

/** Returns the sink of that package, if its module was loaded in this thread. */
export function registeredSink(name: string): RegisteredSink | undefined {
  return shared[registryKey]?.get(name)
}
