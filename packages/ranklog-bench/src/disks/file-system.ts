import { statfsSync } from 'node:fs'

/** Names of file systems by the magic number that statfs(2) returns. Its man page lists them. */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  801189825: 'zfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
  26985: 'nfs',
  198183888: 'lustre',
  1702057286: 'fuse',
  4283649346: 'cifs',
  26: 'apfs',
}

/** Returns the name of the file system that holds a folder, e.g. `ext4`. */
export function fileSystemOf(dir: string): string {
  const { type } = statfsSync(dir)
  return fileSystems[type] ?? `unknown (0x${type.toString(16)})`
}

/** Returns the free space for this user, in bytes. */
export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir)
  return bavail * bsize
}
