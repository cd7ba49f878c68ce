/** A file's identity, independent of its names. */
export interface FileId {
  dev: number
  ino: number
}

/** Reports whether both identify the same file. */
export function isSameFile(a: FileId, b: FileId): boolean {
  return a.ino === b.ino && a.dev === b.dev
}
