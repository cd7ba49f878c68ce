import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { gpuPresent } from '../ranks/gpus.ts'
import { tryGradients } from './try-gradients.ts'
import { registerWasmKernels } from './wasm-kernels.ts'

export type Accelerator = 'auto' | 'gpu' | 'cpu' | 'wasm'

/** The backend that was chosen. */
export interface Choice {
  package: string
  backend: string
  /** True if it computes on a GPU. */
  gpu: boolean
  /** Why each faster package was not chosen. */
  rejected: Record<string, string>
  /** The command that installs support for the GPU, if there is a GPU that is not used. */
  hint?: string
}

const notInstalled = 'not installed'

/** The packages from fast to slow. The first two are optional. */
const candidates = [
  { package: '@tensorflow/tfjs-node-gpu', backend: 'tensorflow' },
  { package: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  { package: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
  { package: '@tensorflow/tfjs', backend: 'cpu' },
]

/**
 * Returns the first backend that is installed and computes correct gradients, and selects it. Accelerator 'cpu' leaves out
 * tfjs-node-gpu, and 'wasm' all but WASM.
 *
 * @param from the file from which packages are resolved
 * @throws {Error} if none works; it names the packages and what is wrong with each
 */
export async function chooseBackend(
  accelerator: Accelerator = 'auto',
  { from = import.meta.url, gpu = gpuPresent() }: { from?: string; gpu?: boolean } = {},
): Promise<Choice> {
  configureTensorFlow()
  const rejected: Record<string, string> = {}
  for (const { package: name, backend } of candidates) {
    if (accelerator === 'cpu' && name.endsWith('-gpu')) continue
    if (accelerator === 'wasm' && backend !== 'wasm') continue
    try {
      await import(pathToFileURL(createRequire(from).resolve(name)).href)
      await withoutNewErrorHandlers(() => start(backend))
      if (backend === 'wasm') registerWasmKernels()
      tryGradients()
    } catch (error) {
      rejected[name] = reason(error, name)
      if (rejected[name] !== notInstalled && tf.findBackendFactory(backend)) tf.removeBackend(backend)
      continue
    }
    const { isUsingGpuDevice: usesGpu = false } = tf.backend() as { isUsingGpuDevice?: boolean }
    const isMissing = gpu && rejected['@tensorflow/tfjs-node-gpu'] === notInstalled
    const hint = isMissing ? { hint: `npm install @tensorflow/tfjs-node-gpu@${tf.version.tfjs}` } : {}
    return { package: name, backend, gpu: usesGpu, rejected, ...hint }
  }
  const faults = Object.entries(rejected).map(([name, fault]) => `${name} is ${fault}`)
  const fix = `npm install @tensorflow/tfjs-backend-wasm@${tf.version.tfjs}`
  throw new Error(`Trainer: no backend works with accelerator '${accelerator}': ${faults.join('; ')}. Try: ${fix}`)
}

/** Turns off the banners of TensorFlow.js and its native library, and adds two functions that tfjs-node needs. */
export function configureTensorFlow(): void {
  tf.enableProdMode()
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_NUM_INTRAOP_THREADS ??= '1' // several ranks share the cores
  // Node 22 deprecates these functions and Node 23 removes them. The fix is unreleased: https://github.com/tensorflow/tfjs/pull/8425
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray })
}

/** @throws {Error} if the backend cannot be created. TensorFlow.js then keeps the earlier one */
async function start(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`the backend '${backend}' cannot be created`)
}

/** Removes the error handlers that Emscripten adds: they throw an uncaught error again, and so change the exit code to 7. */
async function withoutNewErrorHandlers(start: () => Promise<unknown>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const
  const before = events.flatMap((event) => process.listeners(event as 'exit'))
  await start()
  for (const event of events) {
    for (const handler of process.listeners(event as 'exit')) if (!before.includes(handler)) process.off(event, handler)
  }
}

function reason(error: unknown, name: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`)) return notInstalled
  return `installed, but broken: ${message.split('\n')[0]}`
}
