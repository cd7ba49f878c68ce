import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder behind a FUSE program, as `options` of bindfs(1) say; undefined where that cannot be had. */
export function fuseMount(...options: string[]): { dir: string; unmount: () => void } | undefined {
  const place = mkdtempSync(join(tmpdir(), 'fuse-mount-'))
  const [behind, dir] = [join(place, 'behind'), join(place, 'mount')]
  for (const folder of [behind, dir]) mkdirSync(folder)
  const remove = () => rmSync(place, { recursive: true })
  try {
    execFileSync('bindfs', [...options, behind, dir], { stdio: 'pipe' })
  } catch {
    remove()
    return undefined
  }
  const unmount = () => {
    execFileSync('umount', [dir])
    remove()
  }
  return { dir, unmount }
}
