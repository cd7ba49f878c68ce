import type pino from 'pino'
import type { SinkDeclaration } from './declaration.ts'

/** The default export of a target module. */
export type OpenTarget<Options = never> = (options: Options) => pino.DestinationStream | undefined

interface RegisteredSink {
  rank: SinkDeclaration
  open: OpenTarget
}

/** Shared by all copies of pino-rank in the thread: a bundle may have several. */
const registryKey = Symbol.for('pino-rank.sinks')
const shared = globalThis as { [registryKey]?: Map<string, RegisteredSink> }

/**
 * Registers a sink for `rankLogger`. The module of a sink calls it when it is loaded. A program that imports the sink can then
 * name it as a target where `rankLogger` cannot load the module itself: under yarn's Plug'n'Play, and in a bundle.
 *
 * @param name the package, which is the name of the target
 * @param rank the export `rank` of the module. Its `append` is not used: the first error of a gated rank opens the sink
 * @param open the default export of the module
 */
export function registerSink(name: string, rank: SinkDeclaration<never>, open: OpenTarget): void {
  shared[registryKey] ??= new Map()
  const { append, ...declaration } = rank // append may load files that such a loader does not find
  shared[registryKey].set(name, { rank: declaration, open })
}

/** Returns the sink of that package, if its module was loaded in this thread. */
export function registeredSink(name: string): RegisteredSink | undefined {
  return shared[registryKey]?.get(name)
}
