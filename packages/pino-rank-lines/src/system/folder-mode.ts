/** The permission bits of a folder whose files have these: who reads or writes them enters it, and its owner always. */
export function folderMode(mode: number): number {
  return mode | ((mode & 0o444) >> 2) | 0o700
}
