/** Returns the permission bits of a folder for files with these bits: everyone who may read the files may enter the folder. */
export function folderMode(mode: number): number {
  return mode | ((mode & 0o444) >> 2) | 0o700
}
