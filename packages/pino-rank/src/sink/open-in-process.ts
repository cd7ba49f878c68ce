import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import type pino from 'pino'
import { isDescriptorShortage } from '../process/index.ts'
import { registeredOpen } from './known-sinks.ts'
import type { OpenTarget } from './registered-sinks.ts'
import { bundledFile, modulePath } from './resolve-target.ts'

/**
 * Calls the default export of the target's module on this thread, and returns its stream. If the module cannot be loaded
 * synchronously (top-level await, yarn's Plug'n'Play), it calls the function that the sink registered when the program imported
 * it. If there is none either, it returns undefined: the target then runs in a worker, which reports what is wrong.
 *
 * @throws EMFILE or ENFILE if no file descriptor is free; what the sink throws for its options
 */
export function openInProcess(file: string, name: string, options: object): pino.DestinationStream | undefined {
  const path = modulePath(bundledFile(file) ?? file)
  const open = (isAbsolute(path) ? loadDefault(path, name) : undefined) ?? registeredOpen(name, path)
  const stream = open?.(options as never)
  return typeof stream?.write === 'function' ? stream : undefined
}

function loadDefault(path: string, name: string): OpenTarget | undefined {
  try {
    const { default: open } = createRequire(path)(path)
    return typeof open === 'function' ? open : undefined
  } catch (error) {
    if (!isDescriptorShortage(error)) return undefined
    const message = `${error.code}: too many open files to load ${name}; raise the limit of open files (ulimit -n)`
    throw Object.assign(new Error(message), { code: error.code })
  }
}
