import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import type pino from 'pino'
import { isLack } from '../process/index.ts'
import { bundledFile, modulePath } from './resolve-target.ts'

/**
 * Calls the default export of the target's module on this thread, and returns its stream. Undefined if the module cannot be
 * loaded synchronously (top-level await, yarn's Plug'n'Play on Node 20): it then runs in a worker, which reports what is wrong
 * with it.
 *
 * @throws EMFILE or ENFILE if no descriptor is left to load it; what the sink throws for its options
 */
export function openInProcess(file: string, name: string, options: object): pino.DestinationStream | undefined {
  const path = modulePath(bundledFile(file) ?? file)
  if (!isAbsolute(path)) return undefined
  const stream = loadDefault(path, name)?.(options)
  return typeof stream?.write === 'function' ? stream : undefined
}

type OpenTarget = (options: object) => pino.DestinationStream | undefined

function loadDefault(path: string, name: string): OpenTarget | undefined {
  try {
    const { default: open } = createRequire(path)(path)
    return typeof open === 'function' ? open : undefined
  } catch (error) {
    if (!isLack(error)) return undefined
    const message = `${error.code}: too many open files to load ${name}; raise the limit of open files (ulimit -n)`
    throw Object.assign(new Error(message), { code: error.code })
  }
}
