import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canRun, runCommand } from './run-command.ts'

/** An empty folder behind a FUSE program, as `options` of bindfs(1) say; undefined where that cannot be had. */
export function fuseMount(...options: string[]): { dir: string; unmount: () => void } | undefined {
  const place = mkdtempSync(join(tmpdir(), 'fuse-mount-'))
  const [behind, dir] = [join(place, 'behind'), join(place, 'mount')]
  for (const folder of [behind, dir]) mkdirSync(folder)
  const remove = () => rmSync(place, { recursive: true })
  if (!canRun('bindfs', ...options, behind, dir)) {
    remove()
    return undefined
  }
  const unmount = () => {
    runCommand('umount', dir)
    remove()
  }
  return { dir, unmount }
}
