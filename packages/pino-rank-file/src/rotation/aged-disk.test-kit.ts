import { type RotationDisk, systemRotationDisk } from './rotation-disk.ts'

/** The system's disk, but its clock is `ms` ahead of the times of files, so that they look older. */
export function agedDisk(ms: number): RotationDisk {
  return { ...systemRotationDisk, probe: (path, mode) => systemRotationDisk.probe(path, mode) + ms }
}
