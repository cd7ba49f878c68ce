import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RankInfo } from 'pino-rank'
import { ringVariable } from './parent-link.ts'

/** Where sockets may lie: a unix socket's path has at most 103 bytes (macOS, unix(4)), some of which we add. */
export function socketRoot(temporary: string = tmpdir()): string {
  return Buffer.byteLength(temporary) < 70 ? temporary : '/tmp'
}

/** The private directory of this world's ring: our parent's, or under another launcher one named after its run. */
export async function ringDirectory({
  launcher,
  runKey,
  attempt,
  worldSize,
  localWorldSize,
}: RankInfo): Promise<string> {
  const ours = process.env[ringVariable]
  if (ours) return ours
  if (!runKey) throw new Error(`Trainer: ${launcher} names no run that its ranks could meet in; set RANKLOG_RUN_ID`)
  if ((localWorldSize ?? worldSize) !== worldSize) throw new Error('Trainer: the ring spans the ranks of one host only')
  const uid = process.getuid?.()
  const hash = createHash('sha256').update(`${uid} ${launcher} ${runKey} ${attempt}`).digest('hex')
  const directory = join(socketRoot(), `ddp-${hash.slice(0, 16)}`)
  await mkdir(directory, { mode: 0o700 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(directory)
  if (!found.isDirectory() || found.uid !== uid || found.mode & 0o077) {
    throw new Error(`Trainer: ${directory} is not a private directory of ours; remove it`)
  }
  return directory
}
