import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Rival, rivalNames } from './modes.ts'

/** An optional logging package that is installed. */
export interface FoundPackage {
  /** The absolute path of its main module. */
  path: string
  version: string
}

/** Returns the optional logging packages that are installed for this package or in the folder `cwd`. */
export function findRivals(cwd: string = process.cwd()): Map<Rival, FoundPackage> {
  return new Map(
    rivalNames.flatMap((name) => {
      const found = findPackage(name, cwd)
      return found ? [[name, found] as const] : []
    }),
  )
}

/** Returns a package that is installed for this package or in the folder `cwd`; undefined if it is not installed. */
export function findPackage(name: string, cwd: string): FoundPackage | undefined {
  for (const from of [import.meta.url, join(cwd, 'index.js')]) {
    try {
      const path = createRequire(from).resolve(name)
      return { path, version: versionOf(name, path) }
    } catch {} // not installed there
  }
}

/**
 * Returns the version of a package. Looks for its package.json in the folders above the main module, because `exports` may
 * hide package.json from `require`.
 */
function versionOf(name: string, path: string): string {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (manifest.name === name) return manifest.version
    } catch {} // none in this folder
  }
  return 'unknown'
}
