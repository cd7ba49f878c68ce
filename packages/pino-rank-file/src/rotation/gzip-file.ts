import { basename, dirname } from 'node:path'
import { promisify } from 'node:util'
import { type GzipDisk, type OpenFile, systemGzipDisk } from './gzip-disk.ts'
import { uniqueToken } from './unique-token.ts'

/** Size of a piece that is compressed by one call, in bytes. An exit has to wait for a call that has begun. */
const pieceBytes = 2 ** 20

/**
 * Replaces `path` by `path.gz`. The data is written under a temporary name, synced, and linked, which fails if
 * `path.gz` exists. Only then is `path` removed. Each piece is a gzip member of its own (RFC 1952, 2.2). The timer
 * between two members does not keep the process alive, so an exit may leave the temporary file behind.
 *
 * @param prefix of the temporary name
 * @returns `'busy'` if another process compresses the file, or died doing so; `'late'` if a line was written to it
 *   meanwhile
 */
export async function gzipFile(
  path: string,
  prefix: string,
  disk: GzipDisk = systemGzipDisk,
): Promise<'done' | 'busy' | 'late'> {
  const temporaryPrefix = `${prefix}${basename(path)}-`
  if ((await disk.list(dirname(path))).some((name) => name.startsWith(basename(temporaryPrefix)))) return 'busy'
  const temporary = `${temporaryPrefix}${uniqueToken()}`
  const source = await disk.open(path)
  if (!source) return 'done'
  try {
    const target = await disk.create(temporary, (await source.stat()).mode & 0o777)
    try {
      const read = await copy(source, target)
      await target.datasync()
      if ((await source.stat()).size !== read) return 'late'
    } finally {
      await target.close()
    }
    if (!(await disk.link(temporary, `${path}.gz`))) return 'busy'
    await disk.unlink(path)
    return 'done'
  } finally {
    await source.close()
    await disk.unlink(temporary).catch(() => {}) // the next process removes it
  }
}

async function copy(source: OpenFile, target: OpenFile): Promise<number> {
  const compress = promisify(process.getBuiltinModule('node:zlib').gzip) // loaded on demand: most ranks never compress
  const piece = Buffer.allocUnsafe(pieceBytes)
  for (let at = 0; ; ) {
    const { bytesRead } = await source.read(piece, 0, pieceBytes, at)
    if (bytesRead === 0 && at > 0) return at
    await target.writeFile(await compress(piece.subarray(0, bytesRead))) // a gzip file needs a member, even if it is empty
    if (bytesRead === 0) return 0
    at += bytesRead
    await new Promise((resolve) => setTimeout(resolve).unref())
  }
}
