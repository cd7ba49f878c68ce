/** What a user can do about an error of the system, by its code. */
export const systemRemedies: Record<string, string> = {
  EACCES: 'let this user write there, or give another path',
  EDQUOT: 'free some of this user’s quota',
  EFBIG: 'raise the limit of file sizes (ulimit -f), or rotate by size',
  EIO: 'check the disk for errors',
  EISDIR: 'give a path that ends in a file name',
  ELOOP: 'give a path without that symbolic link, or allow followSymlinks',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENOENT: 'make the folder, or allow mkdir',
  ENOSPC: 'make room on the disk',
  ENOTDIR: 'give a path in which only the last part is a file',
  ENXIO: 'start the reader of this pipe; for a process’s own stdout take pino-rank-stdout',
  EPERM: 'let this user write there, or give another path',
  EPIPE: 'start the reader of this pipe again',
  EROFS: 'mount the file system for writing, or give another path',
}

/** Returns the report of a sink that fails: what happened, what to do, and the consequence, e.g. `lines are buffered`. */
export function faultReport(name: string, { message, code = '' }: NodeJS.ErrnoException, consequence: string): string {
  const remedy = systemRemedies[code]
  return `${name}: ${message}; ${remedy ? `${remedy}; ` : ''}${consequence}`
}
