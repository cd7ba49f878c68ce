import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, readdir, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants

/** Compressed at once, in bytes: how long an exit may have to wait for a call that is under way, 10 to 30 ms. */
const pieceBytes = 2 ** 20

/**
 * Replaces `path` by `path.gz`: written under a temporary name, synced, linked, which fails where there is one, and only
 * then is `path` removed. Each MiB is a gzip member of its own (RFC 1952, 2.2). Between them a timer that keeps no
 * process alive: an exit leaves the temporary file behind.
 *
 * @param prefix of the temporary name
 * @returns `'busy'`: somebody else is at it, or died; `'late'`: a line came meanwhile
 */
export async function packFile(path: string, prefix: string): Promise<'done' | 'busy' | 'late'> {
  const mine = `${prefix}${basename(path)}-`
  if ((await readdir(dirname(path))).some((name) => name.startsWith(basename(mine)))) return 'busy'
  const temporary = `${mine}${process.pid}-${randomBytes(4).toString('hex')}`
  const source = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(unlessGone)
  if (!source) return 'done'
  try {
    const target = await open(temporary, 'wx', (await source.stat()).mode & 0o777)
    try {
      const read = await copy(source, target)
      await target.datasync()
      if ((await source.stat()).size !== read) return 'late'
    } finally {
      await target.close()
    }
    await link(temporary, `${path}.gz`)
    await unlink(path).catch(unlessGone)
    return 'done'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'busy'
    throw error
  } finally {
    await source.close()
    await unlink(temporary).catch(() => {}) // whoever comes next removes it
  }
}

/** Another process may have done it. */
function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function copy(source: FileHandle, target: FileHandle): Promise<number> {
  const piece = Buffer.allocUnsafe(pieceBytes)
  for (let at = 0; ; ) {
    const { bytesRead } = await source.read(piece, 0, pieceBytes, at)
    if (bytesRead === 0) return at
    at += bytesRead
    await target.write(await compress(piece.subarray(0, bytesRead)))
    await new Promise((resolve) => setTimeout(resolve).unref())
  }
}
