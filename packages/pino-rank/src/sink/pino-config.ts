import { parentPort, workerData } from 'node:worker_threads'
import { type AddedOptions, pinoConfigCode, workerOptions } from '../pino-worker-internals.ts'
import { type Levels, pinoLevels } from '../record/index.ts'

interface Message {
  code?: string
}

/** Returns the options as the user gave them, without the fields that pino adds for a single target. */
export function withoutPinoFields<Options extends object>(options: Options): Options {
  const { $context, pinoWillSendConfig, dedupe, levels, ...own } = options as Options & AddedOptions
  return own as never
}

/**
 * Returns the levels of the logger that uses this worker: pino's and the custom ones. For a single target pino writes the custom
 * levels into its options. For several targets, or a pipeline, it writes them only into the worker's data.
 */
export function workerLevels(options: object): Levels {
  const { levels = workerOptions(workerData)?.levels } = options as AddedOptions
  return { ...pinoLevels, ...levels }
}

/**
 * Keeps pino's configuration for a target that is built later. pino sends it to the worker once, at the start, so without this
 * the target would wait for ever. Call this at the start. It returns a function that runs `build` and passes it the
 * configuration.
 */
export function keepPinoConfig(): <T>(build: () => Promise<T>) => Promise<T> {
  const port = parentPort
  if (!port) return (build) => build()
  let config: Message | undefined
  const keep = (message: Message) => {
    if (message?.code !== pinoConfigCode) return
    config = message
    port.off('message', keep)
  }
  port.on('message', keep)
  return async (build) => {
    const { on } = port
    port.on = ((event: 'message', listener: (message: Message) => void) => {
      on.call(port, event, listener)
      if (event === 'message' && config) queueMicrotask(() => listener(config as Message))
      return port
    }) as typeof on
    try {
      return await build()
    } finally {
      port.on = on
    }
  }
}
