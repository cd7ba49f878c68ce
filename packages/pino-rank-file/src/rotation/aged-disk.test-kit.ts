import { type RotationDisk, systemRotationDisk } from './rotation-disk.ts'

/** Returns the system's disk with a clock that is `ms` ahead of the times of files, so that files look older. */
export function agedDisk(ms: number): RotationDisk {
  return { ...systemRotationDisk, probe: (path, mode) => systemRotationDisk.probe(path, mode) + ms }
}
