import { basename } from 'node:path'
import {
  type NamedFile,
  type RotationDisk,
  systemRotationDisk,
} from '../../../packages/pino-rank-file/dist/rotation/rotation-disk.js'

/** The system's disk, but files that a rotation creates look `ms` younger than they are, so that found files look older. */
export function agedDisk(ms: number): RotationDisk {
  return {
    ...systemRotationDisk,
    stat(path): NamedFile | undefined {
      const found = systemRotationDisk.stat(path)
      return found && isNew(path) ? { ...found, mtimeMs: found.mtimeMs + ms } : found
    },
  }
}

function isNew(path: string): boolean {
  return basename(path).includes('.new-')
}
