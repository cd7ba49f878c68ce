import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os'
import { type FoundPackage, findPackage } from '../ranks/index.ts'
import type { Machine } from '../results/index.ts'

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    platform: `${platform()} ${arch()}`,
  }
}

const packages = ['pino', 'pino-rank', 'pino-rank-file', 'pino-rank-split', 'pino-rank-stdout']

/** Returns the versions of node, pino, our packages, and the other loggers that are installed. */
export function describeVersions(rivals: ReadonlyMap<string, FoundPackage>): Record<string, string> {
  const ours = packages.flatMap((name) => {
    const version = findPackage(name, process.cwd())?.version
    return version === undefined ? [] : [[name, version]]
  })
  const others = [...rivals].map(([name, { version }]) => [name, version])
  return { node: process.versions.node, ...Object.fromEntries([...ours, ...others]) }
}
