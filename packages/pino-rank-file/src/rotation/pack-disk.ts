import { constants } from 'node:fs'
import { type FileHandle, link, open, readdir, unlink } from 'node:fs/promises'

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants

/** What compressing takes of an open file. */
export type PackFile = Pick<FileHandle, 'stat' | 'read' | 'writeFile' | 'datasync' | 'close'>

/** The calls that compressing takes; a test brings its own. All but these outcomes are thrown as the system gives them. */
export interface PackDisk {
  list(folder: string): Promise<string[]>
  /** For reading, no link; undefined where there is no such file. */
  open(path: string): Promise<PackFile | undefined>
  /** A new file, for writing. */
  create(path: string, mode: number): Promise<PackFile>
  /** False: the second name is taken. */
  link(path: string, second: string): Promise<boolean>
  /** Also where it is gone already: another process may have removed it. */
  unlink(path: string): Promise<void>
}

export const systemPackDisk: PackDisk = {
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
