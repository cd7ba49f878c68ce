import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { gpuPresent } from './gpu.ts'

export type Accelerator = 'auto' | 'gpu' | 'cpu'

/** The backend that was taken, and why not each better one. */
export interface Choice {
  package: string
  backend: string
  /** Whether it computes on a GPU. */
  gpu: boolean
  passedOver: Record<string, string>
  /** The command that would add the GPU, where there is one that nobody uses. */
  hint?: string
}

/** From fast to slow; the first two are optional. */
const candidates = [
  { package: '@tensorflow/tfjs-node-gpu', backend: 'tensorflow' },
  { package: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  { package: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
  { package: '@tensorflow/tfjs', backend: 'cpu' },
]

/**
 * Takes the first backend that is installed and runs a right gradient.
 * @param from the file whose `node_modules` are searched
 */
export async function chooseBackend(
  accelerator: Accelerator = 'auto',
  { from = import.meta.url, gpu = gpuPresent() }: { from?: string; gpu?: boolean } = {},
): Promise<Choice> {
  quieten()
  const passedOver: Record<string, string> = {}
  for (const { package: name, backend } of candidates) {
    if (accelerator === 'cpu' && name.endsWith('-gpu')) continue
    try {
      await import(pathToFileURL(createRequire(from).resolve(name)).href)
      await keepErrorHandlers(() => tf.setBackend(backend))
      tryGradient()
    } catch (error) {
      passedOver[name] = reason(error, name)
      if (tf.findBackendFactory(backend)) tf.removeBackend(backend)
      continue
    }
    const { isUsingGpuDevice: usesGpu = false } = tf.backend() as { isUsingGpuDevice?: boolean }
    const missing = gpu && accelerator !== 'cpu' && passedOver['@tensorflow/tfjs-node-gpu'] === 'not installed'
    const hint = missing ? { hint: `npm install @tensorflow/tfjs-node-gpu@${tf.version.tfjs}` } : {}
    return { package: name, backend, gpu: usesGpu, passedOver, ...hint }
  }
  throw new Error(`no TensorFlow.js backend works: ${JSON.stringify(passedOver)}`)
}

/** The banners that TensorFlow.js and its native library print, and the two functions that tfjs-node misses. */
function quieten(): void {
  tf.enableProdMode()
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_NUM_INTRAOP_THREADS ??= '1' // several ranks share the cores
  // Node 22 warns of these, 23 lacks them; the fix is unreleased: https://github.com/tensorflow/tfjs/pull/8425
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray })
}

/** Takes away the handlers with which Emscripten catches uncaught errors only to throw them again, with exit code 7. */
async function keepErrorHandlers(start: () => Promise<unknown>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const
  const before = events.flatMap((event) => process.listeners(event as 'exit'))
  await start()
  for (const event of events) {
    for (const handler of process.listeners(event as 'exit')) if (!before.includes(handler)) process.off(event, handler)
  }
}

/** An addon may load and fail at its first operation. */
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
