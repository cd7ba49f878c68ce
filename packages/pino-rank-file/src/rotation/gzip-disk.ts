import { constants } from 'node:fs'
import { type FileHandle, link, open, readdir, unlink } from 'node:fs/promises'

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants

/** The methods of an open file that compression uses. */
export type OpenFile = Pick<FileHandle, 'stat' | 'read' | 'writeFile' | 'datasync' | 'close'>

/** The disk calls that compression uses. Tests replace them. Other errors than the outcomes named here are thrown unchanged. */
export interface GzipDisk {
  list(folder: string): Promise<string[]>
  /** Opens a file for reading, without following a link. Returns undefined if there is no such file. */
  open(path: string): Promise<OpenFile | undefined>
  /** Creates a new file for writing. */
  create(path: string, mode: number): Promise<OpenFile>
  /** Returns false if the second name is taken. */
  link(path: string, second: string): Promise<boolean>
  /** Removes a name. Succeeds if it is gone already, because another process may have removed it. */
  unlink(path: string): Promise<void>
}

export const systemGzipDisk: GzipDisk = {
  list: (folder) => readdir(folder),
  open: (path) => open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error) => unless(error, 'ENOENT', undefined)),
  create: (path, mode) => open(path, 'wx', mode),
  link: (path, second) =>
    link(path, second).then(
      () => true,
      (error) => unless(error, 'EEXIST', false),
    ),
  unlink: (path) => unlink(path).catch((error) => unless(error, 'ENOENT', undefined)),
}

function unless<Outcome>(error: NodeJS.ErrnoException, code: string, outcome: Outcome): Outcome {
  if (error.code !== code) throw error
  return outcome
}
