import { parentPort } from 'node:worker_threads'

interface Message {
  code?: string
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
