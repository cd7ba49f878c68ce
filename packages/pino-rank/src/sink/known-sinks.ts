import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { SinkDeclaration } from './declaration.ts'

/**
 * The declarations of our own sinks, for places where they cannot be loaded: in a bundle, whose workers are separate files,
 * and under loaders that cannot load an ES module synchronously (yarn's Plug'n'Play on Node 20). These declarations have no
 * `check` and no `append`: the worker checks the options, and a gated rank's errors start that worker.
 */
export const knownSinks: Readonly<Record<string, SinkDeclaration>> = {
  'pino-rank/target': { ranks: '0', others: 'error' },
  'pino-rank-file': { ranks: '0', others: 'error' },
  'pino-rank-split': { ranks: '*', others: 'error' },
  'pino-rank-stdout': { ranks: '*', others: 'error' },
  'pino-tensorboard': { ranks: '0', others: 'silent', exit: true },
  'pino-wandb': { ranks: '0', others: 'silent', exit: true },
  'pino-mlflow': { ranks: '0', others: 'silent', exit: true },
  'pino-csv-metrics': { ranks: '0', others: 'silent' },
}

/** Returns the declaration of our own sink for the name that the user gave, or for the package of the file at `path`. */
export function knownSink(name: string, path: string): SinkDeclaration | undefined {
  return sinkNamed(name) ?? sinkNamed(packageName(path))
}

function sinkNamed(name: string | undefined): SinkDeclaration | undefined {
  if (name === 'pino-rank') return knownSinks['pino-rank/target'] // the only sink in this package
  return name !== undefined && Object.hasOwn(knownSinks, name) ? knownSinks[name] : undefined
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
