import { statfsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os'

/** What figures depend on, and nothing that names the machine or its user. */
export interface Machine {
  cpu: string
  cores: number
  memoryGB: number
  platform: string
  /** Of the folder that was written to. */
  fileSystem: string
}

export function describeMachine(dir: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    platform: `${platform()} ${arch()}`,
    fileSystem: fileSystemOf(dir),
  }
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

/** Read from the package's folder: `exports` may hide its package.json from `require`. */
function versionOf(name: string): string | undefined {
  const folders = require.resolve.paths(name) ?? []
  for (const folder of folders) {
    try {
      return require(`${folder}/${name}/package.json`).version
    } catch {} // not in this folder
  }
}

/** Magic numbers of statfs(2), man page. */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  801189825: 'zfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
  26985: 'nfs',
  198183888: 'lustre',
  26: 'apfs',
}

function fileSystemOf(dir: string): string {
  const { type } = statfsSync(dir)
  return fileSystems[type] ?? `unknown (0x${type.toString(16)})`
}
