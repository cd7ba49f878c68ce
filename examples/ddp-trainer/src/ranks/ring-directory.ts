import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RankInfo } from 'pino-rank'
import { ringVariable } from './parent-link.ts'

/** Returns a folder for sockets. Its path must be short: the path of a Unix socket has at most 103 bytes on macOS (unix(4)). */
export function socketRoot(temporary: string = tmpdir()): string {
  return Buffer.byteLength(temporary) < 70 ? temporary : '/tmp'
}

/**
 * Returns the private directory in which the ranks of this job connect to each other. `launch` creates one. Under another launcher it
 * is named after the run, and the first rank creates it.
 */
export async function ringDirectory({ launcher, runKey, attempt }: RankInfo): Promise<string> {
  const directoryOfLaunch = process.env[ringVariable]
  if (directoryOfLaunch) return directoryOfLaunch
  if (!runKey)
    throw new Error(`Trainer: ${launcher} gives the run no id; set RANKLOG_RUN_ID to the same text on all ranks`)
  const uid = process.getuid?.()
  const hash = createHash('sha256').update(`${uid} ${launcher} ${runKey} ${attempt}`).digest('hex')
  const directory = join(socketRoot(), `ddp-${hash.slice(0, 16)}`)
  await mkdir(directory, { mode: 0o700 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(directory)
  if (!found.isDirectory() || found.uid !== uid || found.mode & 0o077) {
    throw new Error(`Trainer: ${directory} is not a private directory of this user; remove it`)
  }
  return directory
}
