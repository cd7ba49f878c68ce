import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../../../packages/', import.meta.url))
const standIns = fileURLToPath(new URL('../../stand-ins/', import.meta.url))

/** Packages of ours that a stand-in may load. */
const ours = ['pino-rank', 'pino-rank-lines', 'pino-rank-merge', 'pino-rank-file', 'pino-rank-stdout']

/** Returns the new name of a replaced file. */
const original = (file: string) => file.replace(/[.]js$/, '.original.js')

/**
 * Creates a temporary folder with the packages of `modules` and our built packages, and replaces some of the files.
 *
 * @param modules a folder `node_modules`
 * @param peer a package that is copied instead of linked, because its tests run in it
 * @param replaced for each file that is replaced, e.g. `pino/pino.js`, the file of our folder `stand-ins`
 * @returns the new folder, whose `node_modules` has the packages
 */
export function placeStandIns(modules: string, peer: string, replaced: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'rank-aware-logging-peer-'))
  const to = join(root, 'node_modules')
  mkdirSync(to)
  const copied = new Set([peer, ...Object.keys(replaced).map((file) => file.split('/')[0])])
  for (const name of readdirSync(modules)) {
    if (copied.has(name)) cpSync(join(modules, name), join(to, name), { recursive: true })
    else symlinkSync(join(modules, name), join(to, name))
  }
  mkdirSync(join(to, peer, 'node_modules'), { recursive: true }) // pino's tests put a package there
  for (const [file, standIn] of Object.entries(replaced)) {
    renameSync(join(to, file), join(to, original(file)))
    copyFileSync(join(standIns, standIn), join(to, file))
  }
  for (const name of ours) {
    cpSync(join(packages, name, 'dist/bundle'), join(to, name, 'dist/bundle'), { recursive: true })
    copyFileSync(join(packages, name, 'package.json'), join(to, name, 'package.json'))
  }
  if ('pino/pino.js' in replaced) giveOriginalPino(to)
  return root
}

/** Gives pino-rank the original pino, because it would otherwise load the stand-in. */
function giveOriginalPino(modules: string): void {
  const pino = join(modules, 'pino-rank/node_modules/pino')
  mkdirSync(pino, { recursive: true })
  writeFileSync(join(pino, 'package.json'), '{ "name": "pino", "main": "index.js" }')
  writeFileSync(join(pino, 'index.js'), "module.exports = require('../../../pino/pino.original.js')\n")
}
