import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { SinkDeclaration } from './declaration.ts'
import { sinkTable } from './sink-table.ts'

/**
 * Returns the declaration of our own sink for the name that the user gave, or for the package of the file at `path`. It is for
 * places where a sink cannot be loaded: in a bundle, whose workers are separate files, and under loaders that cannot load an
 * ES module synchronously (yarn's Plug'n'Play on Node 20). It has no `check` and no `append`: the options are checked
 * when the target is built, and a gated rank's first error builds it.
 */
export function knownSink(name: string, path: string): SinkDeclaration | undefined {
  return sinkNamed(name) ?? sinkNamed(packageName(path))
}

function sinkNamed(name: string | undefined): SinkDeclaration | undefined {
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
