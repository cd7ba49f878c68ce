/** The native packages of TensorFlow.js, built by the script of the example trainer, with a copy of the trainer that uses them. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment, type Owner } from '../../dist/kit/start-process.js'
import { cacheFolder } from './cache-folder.ts'

export const nativePackages = ['tfjs-node', 'tfjs-node-gpu'] as const

export type NativePackage = (typeof nativePackages)[number]

const root = fileURLToPath(new URL('../../../', import.meta.url))
const trainer = join(root, 'examples/ddp-trainer')
const setUp = join(trainer, 'dist/native/setup-tfjs-native.js')

/** Returns the folder of a package's addon. A change of the script changes the folder. */
function folderOf(name: NativePackage): string {
  const parts = [setUp, join(trainer, 'dist/native/tensorflow-wheel.js')].map((path) => readFileSync(path))
  const hash = parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')
  return join(cacheFolder(), `${name}-${hash.slice(0, 16)}`)
}

const stampOf = (name: NativePackage) => join(folderOf(name), 'complete')

/** Returns the reason why a package is missing, or undefined. */
export function missingNative(name: NativePackage): string | undefined {
  return existsSync(stampOf(name)) ? undefined : `needs ${name}: Linux x86-64, g++, pip, and registries of packages`
}

/** Builds the addons of both packages unless they are there: about 30 s and 260 MB each. Returns the reasons why one is missing. */
export function makeNative(): string[] {
  return nativePackages.flatMap((name) => {
    if (!missingNative(name)) return []
    const folder = folderOf(name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    const args = [setUp, '--package', name, '--dir', folder]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: cleanEnvironment() })
    if (status === 0) writeFileSync(stampOf(name), '')
    else rmSync(folder, { recursive: true, force: true })
    return status === 0 ? [] : [`${name}: ${stderr.trim().split('\n').at(-1)}`]
  })
}

/** Copies the trainer next to a package, so that it finds the package. The copy is removed at the end of its owner. Returns `dist`. */
export function copyTrainer(owner: Owner, name: NativePackage): string {
  const copy = mkdtempSync(join(folderOf(name), 'trainer-'))
  owner.teardown(() => rmSync(copy, { recursive: true, force: true }))
  cpSync(join(trainer, 'dist'), join(copy, 'dist'), { recursive: true })
  cpSync(join(trainer, 'package.json'), join(copy, 'package.json'))
  const { dependencies } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'))
  mkdirSync(join(copy, 'node_modules'))
  for (const dependency of Object.keys(dependencies)) {
    const folder = join(root, 'node_modules', dependency)
    if (!dependency.startsWith('@')) symlinkSync(folder, join(copy, 'node_modules', dependency))
  }
  return join(copy, 'dist')
}
