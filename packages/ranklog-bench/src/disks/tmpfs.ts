import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/**
 * Mounts a file system in memory at a new folder, until `unmount` is called or this process exits.
 *
 * @returns `unmount`; undefined where this user may not mount: the folder is there, on the disk
 */
export function mountTmpfs(dir: string, bytes: number): (() => void) | undefined {
  mkdirSync(dir)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const unmount = () => {
    process.off('exit', unmount)
    execFileSync('umount', ['-l', dir])
  }
  process.prependListener('exit', unmount) // before the folder is removed
  return unmount
}
