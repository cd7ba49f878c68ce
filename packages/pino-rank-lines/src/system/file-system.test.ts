import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fileSystemOf, freeBytes, type Statfs } from './file-system.ts'

const missing = () => {
  throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
}

t.test('file systems are known by their number in statfs(2), also if it is negative', async (t) => {
  const kindOf = (type: number) => fileSystemOf('/data', () => ({ type }), 'linux')
  t.strictSame(kindOf(0x6969), { name: 'NFS', kind: 'network' })
  t.strictSame(kindOf(0xff534d42 - 2 ** 32), { name: 'SMB', kind: 'network' })
  t.strictSame(kindOf(0x65735546), { name: 'FUSE', kind: 'fuse' })
  t.strictSame(kindOf(0x0bd00bd0), { name: 'Lustre', kind: 'coherent' })
  t.equal(kindOf(0xef53).kind, 'local', 'ext4')
  t.equal(fileSystemOf('/data', () => ({ type: 0x6969 }), 'darwin').kind, 'local')
})

t.test('a missing path has the file system of the nearest folder that exists', async (t) => {
  const asked: string[] = []
  const statfs: Statfs = (path) => {
    asked.push(path)
    return path === '/data' ? { type: 0x6969 } : missing()
  }
  t.equal(fileSystemOf('/data/a/b', statfs, 'linux').kind, 'network')
  t.strictSame(asked, ['/data/a/b', '/data/a', '/data'])
  t.equal(fileSystemOf('/data', missing, 'linux').kind, 'local', 'there is none at all')
})

t.test('a file system that cannot be examined counts as local', async (t) => {
  let calls = 0
  const refuse = () => {
    calls++
    throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
  }
  t.equal(fileSystemOf('/data/a', refuse, 'linux').kind, 'local')
  t.equal(calls, 1)
})

t.test('the free space of a local folder is in bytes, and that of a missing one is unknown', async (t) => {
  const dir = t.testdir()
  const { bavail, bsize, blocks } = statfsSync(dir)
  const free = freeBytes(dir)
  t.ok(free !== undefined && Math.abs(free - bavail * bsize) < 0.1 * blocks * bsize, `${free}`)
  t.equal(freeBytes(join(dir, 'none')), undefined)
})
