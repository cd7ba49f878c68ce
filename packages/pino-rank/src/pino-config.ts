import { parentPort, workerData } from 'node:worker_threads'
import { type Levels, pinoLevels } from './record/levels.ts'

interface Message {
  code?: string
}

/** What pino adds to the options of a lone target. */
interface Added {
  $context?: unknown
  pinoWillSendConfig?: unknown
  dedupe?: unknown
  levels?: Levels
}

/** The options as the user gave them, without what pino adds to those of a lone target. */
export function configured<Options extends object>(options: Options): Options {
  const { $context, pinoWillSendConfig, dedupe, levels, ...own } = options as Options & Added
  return own as never
}

/**
 * The levels of the logger in front: pino's and the custom ones. Which those are pino writes into the options of a lone
 * target, and for one of several targets, or of a pipeline, only into what its worker gets.
 */
export function workerLevels(options: object): Levels {
  const told: { workerData?: Added } | null = workerData
  const { levels = told?.workerData?.levels } = options as Added
  return { ...pinoLevels, ...levels }
}

/**
 * pino sends its configuration to the worker once, at the start; a target that is built later and waits for it would
 * wait for ever. Called at the start, this keeps it; what it returns lets `build` hear it.
 */
export function keepPinoConfig(): <T>(build: () => Promise<T>) => Promise<T> {
  const port = parentPort
  if (!port) return (build) => build()
  let config: Message | undefined
  const keep = (message: Message) => {
    if (message?.code !== 'PINO_CONFIG') return
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
