import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { gpuPresent } from './gpu.ts'

export type Accelerator = 'auto' | 'gpu' | 'cpu'

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

/** The packages from fast to slow. The first two are optional. */
const candidates = [
  { package: '@tensorflow/tfjs-node-gpu', backend: 'tensorflow' },
  { package: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  { package: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
  { package: '@tensorflow/tfjs', backend: 'cpu' },
]

/**
 * Returns the first backend that is installed and computes a correct gradient, and selects it.
 *
 * @param from the file from which packages are resolved
 */
export async function chooseBackend(
  accelerator: Accelerator = 'auto',
  { from = import.meta.url, gpu = gpuPresent() }: { from?: string; gpu?: boolean } = {},
): Promise<Choice> {
  configureTensorFlow()
  const rejected: Record<string, string> = {}
  for (const { package: name, backend } of candidates) {
    if (accelerator === 'cpu' && name.endsWith('-gpu')) continue
    try {
      await import(pathToFileURL(createRequire(from).resolve(name)).href)
      await withoutNewErrorHandlers(() => tf.setBackend(backend))
      tryGradient()
    } catch (error) {
      rejected[name] = reason(error, name)
      if (tf.findBackendFactory(backend)) tf.removeBackend(backend)
      continue
    }
    const { isUsingGpuDevice: usesGpu = false } = tf.backend() as { isUsingGpuDevice?: boolean }
    const isMissing = gpu && accelerator !== 'cpu' && rejected['@tensorflow/tfjs-node-gpu'] === 'not installed'
    const hint = isMissing ? { hint: `npm install @tensorflow/tfjs-node-gpu@${tf.version.tfjs}` } : {}
    return { package: name, backend, gpu: usesGpu, rejected, ...hint }
  }
  throw new Error(`no TensorFlow.js backend works: ${JSON.stringify(rejected)}`)
}

/** Turns off the banners of TensorFlow.js and its native library, and adds two functions that tfjs-node needs. */
export function configureTensorFlow(): void {
  tf.enableProdMode()
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_NUM_INTRAOP_THREADS ??= '1' // several ranks share the cores
  // Node 22 deprecates these functions and Node 23 removes them. The fix is unreleased: https://github.com/tensorflow/tfjs/pull/8425
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray })
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

/** Computes a gradient, because an addon may load and then fail at its first operation. @throws if the gradient is wrong */
function tryGradient(): void {
  tf.tidy(() => {
    const square = tf.grad((x) => tf.sum(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)))
    const gradient = String(square(tf.tensor2d([[1, 2], [3, 4]])).dataSync()) // biome-ignore format: a matrix
    if (gradient !== '7,11,9,13') throw new Error(`it computes a wrong gradient, ${gradient}`)
  })
}

function reason(error: unknown, name: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`)) return 'not installed'
  return `installed, but broken: ${message.split('\n')[0]}`
}
