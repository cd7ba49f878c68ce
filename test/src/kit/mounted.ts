import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

/** A real file system of the test's own. */
export interface Mounted {
  dir: string
  /** Where its bytes are, if in a file. */
  image: string
  unmount(): void
}

/** A tmpfs, e.g. of `size=256k`; undefined where this user may not mount one. */
export function mountedTmpfs(options: string): Mounted | undefined {
  return mounted(() => ['-t', 'tmpfs', '-o', options, 'tmpfs'])
}

/** An ext4 of `mib` MiB in an image on a loop device; undefined where this machine has no such thing. */
export function mountedExt4(mib: number): Mounted | undefined {
  return mounted((image) => {
    runCommand('fallocate', '-l', `${mib}M`, image)
    runCommand('mkfs.ext4', '-q', image)
    return ['-o', 'loop', image]
  })
}

/** The file system in this image, which is removed with it. Its journal is replayed, as after a power loss. */
export function mountedCopy(image: string): Mounted {
  const copy = mounted(() => ['-o', 'loop', image], image)
  if (!copy) throw new Error(`${image} cannot be mounted`)
  return copy
}

/**
 * Lays the same folder, read-only, over `dir`: what is opened already can be written to, and no name can be changed.
 *
 * @returns takes it away again
 */
export function coveredReadOnly(dir: string): () => void {
  runCommand('mount', '--bind', dir, dir)
  runCommand('mount', '-o', 'remount,ro,bind', dir)
  return () => void runCommand('umount', dir)
}

function mounted(source: (image: string) => string[], given?: string): Mounted | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'mounted-'))
  const image = given ?? `${dir}.image`
  const remove = () => {
    for (const path of [dir, image]) rmSync(path, { recursive: true, force: true })
  }
  try {
    runCommand('mount', ...source(image), dir)
  } catch {
    remove()
    return undefined
  }
  const unmount = () => {
    runCommand('umount', '-l', dir)
    remove()
  }
  return { dir, image, unmount }
}
