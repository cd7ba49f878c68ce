import { statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** How a file system treats appends to one file. */
export interface FileSystem {
  /** The name that an operator knows. */
  name: string
  /**
   * - `local`: appends stay whole.
   * - `coherent`: appends stay whole, also those of several hosts. They are slow, because the servers take turns.
   * - `network`: appends of the processes of one host stay whole. Those of several hosts overwrite each other.
   * - `fuse`: unknown, because it depends on a user program. Some are object stores, in which the last process to close the file
   *   overwrites the others.
   */
  kind: 'local' | 'network' | 'fuse' | 'coherent'
}

/** Calls statfs(2). Throws the system's error. Tests inject their own. */
export type Statfs = (path: string) => { type: number }

const local: FileSystem = { name: 'local', kind: 'local' }

/** File systems by their number in statfs(2): linux/magic.h, and the source of each file system. */
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
  [0x00c36400, { name: 'Ceph', kind: 'network' }], // reads the size before it locks the file
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
 * Returns the file system of a path, or of its nearest parent folder that exists. It only reads: one statfs(2) for each missing
 * folder. On systems other than Linux, every file system counts as local. So does one whose statfs(2) fails: opening the file
 * will report the error.
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

/** Returns the free space of a local file system, in bytes. Undefined for others, because it would need a request to a server. */
export function freeBytes(path: string): number | undefined {
  try {
    const { type, bavail, bsize } = statfsSync(path)
    return known.has(type >>> 0) ? undefined : bavail * bsize
  } catch {
    return undefined
  }
}
