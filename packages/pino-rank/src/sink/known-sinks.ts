import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { SinkDeclaration } from './declaration.ts'

/**
 * What our own sinks declare, for where no declaration can be read: in a bundle, whose workers are files of their own, and
 * under loaders that cannot load an ES module synchronously (yarn's Plug'n'Play on Node 20). They have no `check` and no
 * `append` then: their worker checks the options, and a gated rank's errors start that worker.
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

/** Our own sink under the name that the user gave, or by the package that the file at `path` belongs to. */
export function knownSink(name: string, path: string): SinkDeclaration | undefined {
  return named(name) ?? named(packageName(path))
}

function named(name: string | undefined): SinkDeclaration | undefined {
  if (name === 'pino-rank') return knownSinks['pino-rank/target'] // the one sink in it
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
    return undefined // there is none in this folder
  }
}
