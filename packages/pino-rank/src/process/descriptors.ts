import { closeSync, openSync } from 'node:fs'

/** Says why so many files cannot be opened now: no descriptor is left. Undefined: they can, or it is not known. */
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

/** Was there no descriptor left for what failed so? */
export function isLack(error: unknown): error is { code: 'EMFILE' | 'ENFILE' } {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'EMFILE' || code === 'ENFILE'
}
