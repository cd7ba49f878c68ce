import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canRun, runCommand } from './run-command.ts'

/** Mounts an empty folder with bindfs(1), a FUSE file system. Returns undefined if this machine cannot do that. */
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
