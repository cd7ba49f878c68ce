import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/**
 * Makes a folder and mounts a tmpfs there. It is unmounted when this process exits, if not before.
 *
 * @returns a function that unmounts it; undefined if this user may not mount: then the folder exists, but on the disk
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
