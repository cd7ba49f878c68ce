import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

/** A real file system that belongs to one test. */
export interface Mounted {
  dir: string
  /** The file with its bytes, if it has one. */
  image: string
  unmount(): void
}

/** Mounts a tmpfs, e.g. of `size=256k`. Returns undefined if this user may not mount one. */
export function mountedTmpfs(options: string): Mounted | undefined {
  return mounted(() => ['-t', 'tmpfs', '-o', options, 'tmpfs'])
}

/** Mounts an ext4 of `mib` MiB from an image on a loop device. Returns undefined if this machine cannot do that. */
export function mountedExt4(mib: number): Mounted | undefined {
  return mounted((image) => {
    runCommand('fallocate', '-l', `${mib}M`, image)
    runCommand('mkfs.ext4', '-q', image)
    return ['-o', 'loop', image]
  })
}

/** Mounts the image, and so replays its journal as after a power loss. `unmount` also removes the image. */
export function mountedCopy(image: string): Mounted {
  const copy = mounted(() => ['-o', 'loop', image], image)
  if (!copy) throw new Error(`${image} cannot be mounted`)
  return copy
}

/**
 * Mounts `dir` read-only over itself: open files can still be written to, and no name can be changed.
 *
 * @returns a function that unmounts it
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
