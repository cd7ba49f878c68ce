import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'

/**
 * Appends a text to a file that no other process writes to, all of it or nothing: what a full disk has taken of it is taken
 * back.
 *
 * @param mode permission bits of a new file, before the umask
 * @throws the system's error
 */
export function appendWhole(path: string, text: string, mode: number): void {
  const fd = openSync(path, 'a', mode)
  const { size } = fstatSync(fd)
  try {
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
  } catch (error) {
    ftruncateSync(fd, size)
    throw error
  } finally {
    closeSync(fd)
  }
}
