import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { detectRank } from 'pino-rank'
import { isStartedByLaunch } from './parent-link.ts'

/** Environment variable of ranks that share GPUs: the number of GPUs on their host. */
export const sharedGpusVariable = 'DDP_SHARED_GPUS'

/** Device files of NVIDIA's driver on Linux and on WSL. */
const driverFiles = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg']

/** Reports whether this machine has an NVIDIA GPU: a device file of its driver, or nvidia-smi on the path. */
export function gpuPresent(env: NodeJS.ProcessEnv = process.env): boolean {
  return [...driverFiles, ...pathsOfTool(env)].some((path) => existsSync(path))
}

/** Returns the number of NVIDIA GPUs: their device files, or if there are none (WSL), what nvidia-smi lists. */
export function countGpus(env: NodeJS.ProcessEnv = process.env, deviceFolder = '/dev'): number {
  const files = existsSync(deviceFolder) ? readdirSync(deviceFolder).filter((name) => /^nvidia\d+$/.test(name)) : []
  const tool = pathsOfTool(env).find((path) => existsSync(path))
  if (files.length > 0 || !tool) return files.length
  try {
    const list = execFileSync(tool, ['--list-gpus'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    })
    return list.match(/^GPU \d/gm)?.length ?? 0
  } catch {
    return 0 // a driver without a GPU
  }
}

function pathsOfTool({ PATH = '' }: NodeJS.ProcessEnv): string[] {
  return PATH.split(delimiter).map((folder) => join(folder, 'nvidia-smi'))
}

/** The GPUs of a host. */
export interface GpusOfHost {
  /** CUDA_VISIBLE_DEVICES of the process that starts the ranks. Undefined: all GPUs are visible. */
  visible: string | undefined
  /** Number of GPUs on the host. Used only if `visible` is undefined. */
  count: number
}

/** The place of a rank on its host, and the GPUs there. */
export interface GpuPlace extends GpusOfHost {
  localRank: number
  localWorldSize: number
}

/**
 * Returns the variables that give a rank its GPU: rank k of a host gets entry k of CUDA_VISIBLE_DEVICES, or GPU k. If there are more ranks
 * than GPUs, the ranks take them in turn, and TensorFlow then takes memory only as it needs it. Returns no variables if no GPU is visible.
 */
export function gpuVariables({ localRank, localWorldSize, visible, count }: GpuPlace): Record<string, string> {
  const gpus = visible === undefined ? Array.from({ length: count }, (_, gpu) => `${gpu}`) : visibleGpus(visible)
  const own = gpus[localRank % gpus.length]
  if (own === undefined) return {}
  if (localWorldSize <= gpus.length) return { CUDA_VISIBLE_DEVICES: own }
  return {
    CUDA_VISIBLE_DEVICES: own,
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    [sharedGpusVariable]: `${gpus.length}`,
  }
}

/** Returns the entries of CUDA_VISIBLE_DEVICES. CUDA ignores those from the first invalid one on, such as -1. */
function visibleGpus(visible: string): string[] {
  const entries = visible.split(',').map((entry) => entry.trim())
  const invalid = entries.findIndex((entry) => entry === '' || entry.startsWith('-'))
  return invalid === -1 ? entries : entries.slice(0, invalid)
}

/** Returns the GPUs of this host. It may run nvidia-smi, so call it once for all ranks. */
export function gpusOfHost(): GpusOfHost {
  const { CUDA_VISIBLE_DEVICES: visible } = process.env
  return { visible, count: visible === undefined ? countGpus() : 0 }
}

/** If ranks of this host share GPUs: returns how many ranks, and how many GPUs. Otherwise returns undefined. */
export function sharedGpus(): { ranks: number; gpus: number } | undefined {
  const gpus = process.env[sharedGpusVariable]
  return gpus === undefined ? undefined : { ranks: detectRank()?.localWorldSize ?? 1, gpus: Number(gpus) }
}

/**
 * On a rank, before TensorFlow is loaded: makes only the GPU of this rank visible. Does nothing if our parent has done so, or if the
 * launcher has made only one GPU visible.
 */
export function selectOwnGpu(): void {
  if (isStartedByLaunch()) return
  const { CUDA_VISIBLE_DEVICES: visible } = process.env
  const { localRank, localWorldSize = 1 } = detectRank() ?? { localRank: 0 }
  if (localRank === undefined || (visible !== undefined && visibleGpus(visible).length <= 1)) return
  Object.assign(process.env, gpuVariables({ localRank, localWorldSize, ...gpusOfHost() }))
}
