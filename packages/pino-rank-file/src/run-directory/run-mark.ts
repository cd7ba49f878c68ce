import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSameProcess, type ProcessId, processIdFrom, processState, thisProcess } from 'pino-rank/process'
import type { JobKey } from 'pino-rank/sink'

/** The owner of a run directory: the content of its `.run.json`. */
export interface RunMark extends ProcessId {
  version: 2
  /** Absent if the process is a job of its own. */
  runKey?: string
  attempt: number
  /** ISO 8601, UTC. */
  claimedAt: string
}

export const runMarkName = '.run.json'

/** Maximum size of a mark, in bytes. A larger file is not a mark. */
const maxBytes = 65_536

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants

/** Returns the mark of this process, for its job. */
export function newMark(key: JobKey | undefined): RunMark {
  const { runKey, attempt = 0 } = key ?? {}
  return { version: 2, ...(runKey && { runKey }), attempt, ...thisProcess(), claimedAt: new Date().toISOString() }
}

/**
 * Reports whether this directory belongs to our job. It does not if it is a symbolic link or belongs to another user, or
 * if its mark is missing, is a symbolic link or does not parse.
 *
 * @param uid the owner of our own files on that file system
 * @param fileTime the file system's clock, in ms since 1970
 */
export function isOurs(directory: string, key: JobKey | undefined, uid: number, fileTime: () => number): boolean {
  const mark = readMark(directory, uid)
  if (mark === undefined) return false
  if (key === undefined) return mark.runKey === undefined && isSameProcess(mark, thisProcess())
  if (mark.runKey !== key.runKey || mark.attempt !== key.attempt) return false
  return !key.isReusable || isOfCurrentJob(directory, mark, key, fileTime)
}

function readMark(directory: string, uid: number): RunMark | undefined {
  const folder = lstatSync(directory, { throwIfNoEntry: false })
  if (!folder?.isDirectory() || folder.uid !== uid) return undefined
  let fd: number | undefined
  try {
    fd = openSync(join(directory, runMarkName), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const file = fstatSync(fd)
    if (!file.isFile() || file.uid !== uid || file.size > maxBytes) return undefined
    const mark = JSON.parse(readFileSync(fd, 'utf8'))
    return mark?.version === 2 && processIdFrom(mark) ? mark : undefined
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (error instanceof SyntaxError || notOursCodes.includes(code)) return undefined
    throw error // for example too many open files: the directory may still be ours
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** Error codes of a directory or mark that is not ours. */
const notOursCodes = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM']

/**
 * Reports whether a mark whose run key may be reused belongs to the current job, not to an earlier one. It does if the
 * process that made it is still running, or if a file in the directory was written after this process started. The second
 * rule is for a rank whose first error comes after rank 0 died. Both times are read from the file system's clock.
 */
function isOfCurrentJob(directory: string, mark: RunMark, { oneHost }: JobKey, fileTime: () => number): boolean {
  if (mark.host !== thisProcess().host) return !oneHost
  if (processState(mark) === 'running') return true
  // Read the age before the clock: after a pause in between, the start seems later, so files of an earlier job still do not count.
  const ageMs = process.uptime() * 1000
  return lastWrite(directory) >= fileTime() - ageMs
}

/** Returns the newest modification time in the directory, in ms since 1970 by the file system's clock. */
function lastWrite(directory: string): number {
  const files = readdirSync(directory).map((name) => lstatSync(join(directory, name), { throwIfNoEntry: false }))
  return Math.max(0, ...files.map((file) => file?.mtimeMs ?? 0))
}
