import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real file system of `kib` KiB; undefined where this user may not mount one. */
export function smallTmpfs(kib: number): { dir: string; unmount: () => void } | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'small-tmpfs-'))
  const unmount = () => {
    execFileSync('umount', ['-l', dir])
    rmdirSync(dir)
  }
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', dir], { stdio: 'pipe' })
    return { dir, unmount }
  } catch {
    rmdirSync(dir)
    return undefined
  }
}
