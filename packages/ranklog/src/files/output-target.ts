import { fstatSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../cli/index.ts'
import { fileId } from './file-id.ts'
import type { Found } from './find-sources.ts'
import { readLogName, readNameOf } from './log-names.ts'
import { isMarked } from './merge-mark.ts'

/** The paths on the command line, and the logs that were found there. */
export interface InputPaths extends Found {
  paths: readonly string[]
}

/**
 * Returns the destination of an output: a path whose symbolic links are resolved, or a descriptor. Compares files by device and
 * inode.
 *
 * @param given the path; undefined and `-` mean stdout
 * @param force true to allow a new file, or a file with the mark, in a folder that is read
 * @throws {InputError} if it is one of the inputs, or if a later merge would read it
 */
export function outputTarget(given: string | undefined, inputs: InputPaths, force: boolean): string | number {
  const target = given === undefined || given === '-' ? 1 : finalTarget(given)
  const files = inputs.sources.flatMap(({ files }) => files)
  const isStdout = given === undefined || given === '-'
  refuseInput(isStdout ? 'stdout' : `--output: ${given}`, target, [...files, ...inputs.manifests, ...inputs.paths])
  if (typeof target === 'number' || !isFileOrNew(target)) return target
  const folder = folderOf(target, inputs.folders)
  if (folder !== undefined && !force)
    throw new InputError(
      `--output: ${given} is in ${folder}, which is read: a later merge would read each line twice`,
      'use a file in another folder, or --force, which marks the file so that merge, tail and status skip it',
    )
  if (folder !== undefined && statSync(target, { throwIfNoEntry: false }) && !isMarked(target))
    throw new InputError(`--output: ${given} exists and was not written by ranklog merge --force`, remedy)
  const log = files.find((file) => isFileOfLog(target, file))
  if (log !== undefined)
    throw new InputError(`--output: ${given} has the name of a file of the log ${log}, which is read`, remedy)
  return target
}

/**
 * Throws if a file is one of the inputs, also under another name.
 *
 * @param what describes the file in the message
 * @throws {InputError} if it is one of `files`
 */
export function refuseInput(what: string, file: string | number, files: readonly string[]): void {
  const id = fileId(file)
  const input = id === undefined ? undefined : files.find((file) => fileId(file) === id)
  if (input === undefined) return
  const isSame = input === file || what.endsWith(` ${input}`)
  throw new InputError(`${what} is ${isSame ? 'one of the files that are read' : `${input}, which is read`}`, remedy)
}

const remedy = 'use a file in another folder'

/** Resolves symbolic links, also if the target does not exist yet. Returns a number if the path is that of a descriptor. */
function finalTarget(given: string): string | number {
  try {
    let path = resolve(given)
    for (let links = 0; links < 40; links++) {
      path = join(realpathSync(dirname(path)), basename(path))
      const fd = descriptorIn(path)
      if (fd !== undefined) return fd
      const found = lstatSync(path, { throwIfNoEntry: false })
      if (!found?.isSymbolicLink() || !isFileOrNew(path)) break
      path = resolve(dirname(path), readlinkSync(path))
    }
    return path
  } catch (error) {
    throw new InputError(`--output: ${(error as Error).message}`, 'use a file in a folder that exists')
  }
}

/** Returns the open descriptor of this process for a path such as `/dev/fd/1`; undefined for other paths. */
function descriptorIn(path: string): number | undefined {
  const [, pid, fd] = /^\/(?:dev|proc\/(self|\d+))\/fd\/(\d+)$/.exec(path) ?? []
  if (fd === undefined || (pid !== undefined && pid !== 'self' && pid !== String(process.pid))) return undefined
  const found = fstatSync(Number(fd))
  return found.isFile() || found.isFIFO() || found.isSocket() || found.isCharacterDevice() ? Number(fd) : undefined
}

function isFileOrNew(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? true
}

/** Returns the folder, of the given ones, that directly contains a file; undefined if none does. */
function folderOf(file: string, folders: readonly string[]): string | undefined {
  const own = statSync(dirname(file), { bigint: true })
  return folders.find((folder) => {
    const { dev, ino } = statSync(folder, { bigint: true })
    return dev === own.dev && ino === own.ino
  })
}

/** Reports whether a path has the name of a log or of one of its rotated files. */
function isFileOfLog(target: string, log: string): boolean {
  if (folderOf(target, [dirname(log)]) === undefined) return false
  const [name, known] = [basename(target), basename(log)]
  const own = readLogName(name)?.log
  return readNameOf(known, name) !== undefined || (own !== undefined && own === readLogName(known)?.log)
}
