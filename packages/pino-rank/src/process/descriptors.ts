import { closeSync, openSync } from 'node:fs'

/**
 * Returns the error code if this number of files cannot be opened now, because too few file descriptors are free. Undefined if
 * they can be opened, or if this is not known.
 */
export function descriptorShortage(count: number): 'EMFILE' | 'ENFILE' | undefined {
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync('/', 'r'))
    return undefined
  } catch (error) {
    return isDescriptorShortage(error) ? error.code : undefined // on some systems a folder cannot be opened
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}

/** Reports whether an error means that no file descriptor was free. */
export function isDescriptorShortage(error: unknown): error is { code: 'EMFILE' | 'ENFILE' } {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'EMFILE' || code === 'ENFILE'
}
