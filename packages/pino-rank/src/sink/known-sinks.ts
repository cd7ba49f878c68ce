import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { SinkDeclaration } from './declaration.ts'
import { type OpenTarget, registeredSink } from './registered-sinks.ts'
import { sinkTable } from './sink-table.ts'

/**
 * Returns the declaration of a sink, given the name that the user wrote, or the path of a file in its package. It is needed where
 * `rankLogger` cannot load a sink: in a bundle, whose workers are separate files, and under a loader that cannot load an ES
 * module synchronously (yarn's Plug'n'Play).
 *
 * The declaration has no `append`, so the first error of a gated rank builds the target. It has `check` only if the program has
 * imported the sink; otherwise the options are checked when the target is built.
 */
export function knownSink(name: string, path: string): SinkDeclaration | undefined {
  return sinkNamed(name) ?? sinkNamed(packageName(path))
}

/** Returns the function that opens this target, if the program has imported its package. */
export function registeredOpen(name: string, path: string): OpenTarget | undefined {
  return registeredSink(name)?.open ?? registeredSink(packageName(path) ?? '')?.open
}

function sinkNamed(name: string | undefined): SinkDeclaration | undefined {
  const registered = registeredSink(name ?? '')
  if (registered) return registered.rank
  const key = name === 'pino-rank/target' ? 'pino-rank' : name // the only target that is not its package's main entry
  return key !== undefined && Object.hasOwn(sinkTable, key) ? sinkTable[key] : undefined
}

function packageName(path: string): string | undefined {
  if (!isAbsolute(path)) return undefined
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const name = nameIn(join(folder, 'package.json'))
    if (name !== undefined) return name
  }
  return undefined
}

function nameIn(file: string): string | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).name
  } catch {
    return undefined // no package.json in this folder
  }
}
