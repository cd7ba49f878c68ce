import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Device files of NVIDIA's driver on Linux and on WSL. */
const devices = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg']

/** Reports whether this machine has an NVIDIA GPU: a device file of its driver, or nvidia-smi on the path. */
export function gpuPresent(env: NodeJS.ProcessEnv = process.env): boolean {
  const tools = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'nvidia-smi'))
  return [...devices, ...tools].some((path) => existsSync(path))
}
