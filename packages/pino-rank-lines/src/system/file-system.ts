import { statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What appends to one file come to, on the file system that it lies on. */
export interface FileSystem {
  /** As an operator knows it. */
  name: string
  /**
   * - `local`: whole.
   * - `coherent`: whole, also from several hosts, but slow: its servers take turns.
   * - `network`: whole from the processes of one host; those of several overwrite each other.
   * - `fuse`: up to a program that cannot be asked; some are object stores, where the last to close wins.
   */
  kind: 'local' | 'network' | 'fuse' | 'coherent'
}

/** Asks the system; throws its error. Tests have others. */
export type Statfs = (path: string) => { type: number }

const local: FileSystem = { name: 'local', kind: 'local' }

/** By the number that statfs(2) gives: linux/magic.h, and each file system's own source. */
const known: ReadonlyMap<number, FileSystem> = new Map<number, FileSystem>([
  [0x6969, { name: 'NFS', kind: 'network' }],
  [0x517b, { name: 'SMB', kind: 'network' }],
  [0xfe534d42, { name: 'SMB', kind: 'network' }],
  [0xff534d42, { name: 'SMB', kind: 'network' }],
  [0x5346414f, { name: 'AFS', kind: 'network' }],
  [0x6b414653, { name: 'AFS', kind: 'network' }],
  [0x73757245, { name: 'Coda', kind: 'network' }],
  [0x01021997, { name: '9P', kind: 'network' }],
  [0x786f4256, { name: 'a VirtualBox shared folder', kind: 'network' }],
  [0x00c36400, { name: 'Ceph', kind: 'network' }], // reads the size, then takes the right to write
  [0x19830326, { name: 'BeeGFS', kind: 'network' }], // whole only under tuneUseGlobalAppendLocks
  [0x20030528, { name: 'OrangeFS', kind: 'network' }],
  [0xaad7aaea, { name: 'PanFS', kind: 'network' }],
  [0x65735546, { name: 'FUSE', kind: 'fuse' }], // sshfs, s3fs, GlusterFS, fuse-overlayfs, virtiofs
  [0x0bd00bd0, { name: 'Lustre', kind: 'coherent' }], // locks the whole file for an append
  [0x47504653, { name: 'GPFS', kind: 'coherent' }],
  [0x01161970, { name: 'GFS2', kind: 'coherent' }],
  [0x7461636f, { name: 'OCFS2', kind: 'coherent' }],
])

/**
 * The file system of a path, or of the nearest folder above it that exists. It reads only: one statfs(2) for each folder
 * that is missing. Elsewhere than on Linux the numbers say nothing, and all is taken for local; so is what cannot be
 * asked, because opening it will report why.
 */
export function fileSystemOf(
  path: string,
  statfs: Statfs = statfsSync,
  platform: string = process.platform,
): FileSystem {
  if (platform !== 'linux') return local
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      return known.get(statfs(at).type >>> 0) ?? local
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || at === dirname(at)) return local
    }
  }
}

/** The free space of a local file system, in bytes; undefined for others, which a server would have to be asked about. */
export function freeBytes(path: string): number | undefined {
  try {
    const { type, bavail, bsize } = statfsSync(path)
    return known.has(type >>> 0) ? undefined : bavail * bsize
  } catch {
    return undefined
  }
}
