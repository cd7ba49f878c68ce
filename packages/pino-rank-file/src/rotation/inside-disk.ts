import { basename, dirname, join } from 'node:path'
import { useInside } from 'pino-rank-lines/system'
import { type RotationDisk, systemRotationDisk } from './rotation-disk.ts'

/** The system's disk for a log that no symbolic link may take out of `within`: each call looks where the folder is. */
export function insideDisk(within: string): RotationDisk {
  const inside = <Result>(path: string, use: (path: string) => Result) =>
    useInside({ path, within, folders: undefined }, use)
  const siblingOf = (safe: string, path: string) => join(dirname(safe), basename(path))
  const { list, stat, create, probe, link, rename, unlink } = systemRotationDisk
  return {
    list: (folder) => inside(join(folder, 'any'), (safe) => list(dirname(safe))),
    stat: (path) => inside(path, stat),
    create: (path, mode) => inside(path, (safe) => create(safe, mode)),
    probe: (path, mode) => inside(path, (safe) => probe(safe, mode)),
    link: (path, second) => inside(path, (safe) => link(safe, siblingOf(safe, second))),
    rename: (path, to) => inside(path, (safe) => rename(safe, siblingOf(safe, to))),
    unlink: (path) => inside(path, unlink),
  }
}
