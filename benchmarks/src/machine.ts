import { createRequire } from 'node:module'
import { fileSystemOf } from '../../packages/ranklog-bench/dist/disks/file-system.js'
import { describeMachine as describeProcessor } from '../../packages/ranklog-bench/dist/suite/machine.js'

/** The properties of a machine that figures depend on. None of them identifies the machine or its user. */
export interface Machine {
  cpu: string
  cores: number
  memoryGB: number
  platform: string
  /** File system of the folder that was written to. */
  fileSystem: string
}

export function describeMachine(dir: string): Machine {
  return { ...describeProcessor(), fileSystem: fileSystemOf(dir) }
}

const packages = [
  'pino',
  'pino-rank',
  'pino-rank-file',
  'pino-rank-split',
  'pino-rank-stdout',
  'pino-tensorboard',
  'ranklog',
  'pino-roll',
  'winston',
  'protobufjs',
]

export function describeVersions(): Record<string, string> {
  const versions = packages.map((name) => [name, versionOf(name)])
  return { node: process.versions.node, ...Object.fromEntries(versions) }
}

const require = createRequire(import.meta.url)

/** Returns the version of a package. Reads package.json by its path, because `exports` may hide it from `require`. */
function versionOf(name: string): string | undefined {
  const folders = require.resolve.paths(name) ?? []
  for (const folder of folders) {
    try {
      return require(`${folder}/${name}/package.json`).version
    } catch {} // not in this folder
  }
}
