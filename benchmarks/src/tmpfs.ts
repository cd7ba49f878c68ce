import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Mounts a file system in memory at a new folder until this process exits. False where this user may not; the folder is there. */
export function mountTmpfs(dir: string, bytes: number): boolean {
  mkdirSync(dir)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    return false
  }
  process.prependListener('exit', () => execFileSync('umount', ['-l', dir])) // before the folder is removed
  return true
}
