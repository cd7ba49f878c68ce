import { type NamedFile, type RotationDisk, systemRotationDisk } from './rotation-disk.ts'

/** A disk without hard links, like vfat and some FUSE file systems. */
export class Linkless implements RotationDisk {
  attempts = 0

  list(folder: string): string[] {
    return systemRotationDisk.list(folder)
  }

  stat(path: string): NamedFile | undefined {
    return systemRotationDisk.stat(path)
  }

  create(path: string, mode: number): void {
    systemRotationDisk.create(path, mode)
  }

  probe(path: string, mode: number): number {
    return systemRotationDisk.probe(path, mode)
  }

  link(): never {
    this.attempts++
    throw Object.assign(new Error('EPERM: no hard links here'), { code: 'EPERM' })
  }

  rename(path: string, to: string): boolean {
    return systemRotationDisk.rename(path, to)
  }

  unlink(path: string): void {
    systemRotationDisk.unlink(path)
  }
}
