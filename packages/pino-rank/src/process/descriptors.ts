import { closeSync, openSync } from 'node:fs'

/**
 * Returns the error code if this many files cannot be opened now, because no descriptor is left. Undefined if they can,
 * or if it is not known.
 */
export function lackOfDescriptors(count: number): 'EMFILE' | 'ENFILE' | undefined {
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync('/', 'r'))
    return undefined
  } catch (error) {
    return isLack(error) ? error.code : undefined // a system on which that is no file
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}

/** Reports whether an error means that no descriptor was left. */
export function isLack(error: unknown): error is { code: 'EMFILE' | 'ENFILE' } {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'EMFILE' || code === 'ENFILE'
}
