import { readdirSync, statfsSync } from 'node:fs'
import t from 'tap'
import { fileSystemOf, freeBytes } from './file-system.ts'
import { measureDisk } from './measure-disk.ts'

t.test('a disk is measured with a file that is removed', async (t) => {
  const dir = t.testdir()
  const began = performance.now()
  const { fileSystem, bytesPerSecond, fsyncMs } = measureDisk(dir)
  const ms = performance.now() - began
  t.equal(fileSystem, fileSystemOf(dir))
  t.ok(bytesPerSecond > (1000 * 2 ** 20) / ms, `${bytesPerSecond} bytes a second, at least one piece in ${ms} ms`)
  t.ok(bytesPerSecond < 1e12, `${bytesPerSecond} bytes a second`)
  t.ok(fsyncMs > 0 && fsyncMs < ms / 10, `half of 20 calls of fsync took ${fsyncMs} ms or longer, all took ${ms} ms`)
  t.strictSame(readdirSync(dir), [])
})

t.test(
  'the free space is in bytes, and a file system has a name',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { bavail, bsize, type } = statfsSync('/proc')
    t.equal(freeBytes('/proc'), bavail * bsize)
    t.equal(fileSystemOf('/proc'), `unknown (0x${type.toString(16)})`)
  },
)
