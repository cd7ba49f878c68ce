import fs, { appendFileSync, fstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import t from 'tap'
import { systemDisk as disk } from './disk.ts'

t.test(
  'a file is opened for appending, and created with its mode; missing folders are made only if wanted',
  async (t) => {
    const mask = process.umask(0)
    t.teardown(() => process.umask(mask))
    const path = join(t.testdir(), 'a/b/train.log')
    t.throws(() => disk.open({ path, mkdir: false, mode: 0o640 }), { code: 'ENOENT' })
    disk.close(disk.open({ path, mkdir: true, mode: 0o640 }))
    t.strictSame([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777], [0o640, 0o750])
    const fd = disk.open({ path, mkdir: false, mode: 0o600 })
    appendFileSync(path, 'theirs\n')
    t.equal(disk.write(fd, 'ä\n'), 3)
    t.equal(disk.write(fd, Buffer.from('bytes\n')), 6)
    disk.close(fd)
    t.equal(readFileSync(path, 'utf8'), 'theirs\nä\nbytes\n')
  },
)

t.test('within a folder, missing folders are made only if wanted, and no link leads out', async (t) => {
  const dir = t.testdir({ in: {}, out: { 'train.log': 'theirs\n' } })
  const within = join(dir, 'in')
  const path = join(within, 'a/b/train.log')
  t.throws(() => disk.open({ path, mkdir: false, mode: 0o640, within }), { code: 'ENOENT' })
  disk.close(disk.open({ path, mkdir: true, mode: 0o640, within }))
  t.equal(statSync(path).size, 0)
  symlinkSync('../out', join(within, 'link'))
  symlinkSync('../out/train.log', join(within, 'train.log'))
  for (const name of ['link/train.log', 'train.log']) {
    const place = { path: join(within, name), mkdir: true, mode: 0o640 }
    t.throws(() => disk.open({ ...place, within }), { code: 'ELOOP' }, name)
    disk.close(disk.open(place))
  }
})

t.test('the state of a file shows whether its name still leads to it', async (t) => {
  const path = join(t.testdir(), 'train.log')
  t.equal(disk.stateAt(path), undefined)
  const fd = disk.open({ path, mkdir: false, mode: 0o640 })
  disk.write(fd, '1\n')
  const { dev, ino } = statSync(path)
  const state = { dev, ino, size: 2, regular: true, nlink: 1 }
  t.strictSame([disk.stateOf(fd), disk.stateAt(path)], [state, state])
  rmSync(path)
  t.strictSame([disk.stateOf(fd), disk.stateAt(path)], [{ ...state, nlink: 0 }, undefined])
  mkdirSync(path)
  t.equal(disk.stateAt(path)?.regular, false)
  disk.close(fd)
})

t.test('a file that ends within a line is torn', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const fd = disk.open({ path, mkdir: false, mode: 0o640 })
  const isTorn = () => disk.isTorn(fd, disk.stateOf(fd), path)
  t.equal(isTorn(), false, 'it is empty')
  disk.write(fd, '1\n2')
  t.equal(isTorn(), true)
  disk.write(fd, '\n')
  t.equal(isTorn(), false)
  const before = disk.stateOf(fd)
  disk.write(fd, '3')
  t.equal(disk.isTorn(fd, before, path), false, 'as far as it was')
  disk.write(fd, '4\n')
  t.equal(disk.isTorn(fd, { ...before, size: before.size + 1 }, path), false, 'the line was finished meanwhile')
  disk.close(fd)
})

t.test('a file and its folder are synced, at once or with the callback', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const fd = disk.open({ path, mkdir: false, mode: 0o640 })
  disk.sync(fd)
  disk.syncFolder(path)
  t.equal(await new Promise((resolve) => disk.sync(fd, resolve)), null)
  disk.close(fd)
  t.throws(() => disk.sync(fd), { code: 'EBADF' })
  t.match(await new Promise((resolve) => disk.sync(fd, resolve)), { code: 'EBADF' })
  t.throws(() => disk.syncFolder(join(path, 'none/x')), { code: 'ENOTDIR' })
})

t.test('the folder itself is synced, and its descriptor is closed', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const { fsyncSync } = fs
  t.teardown(() => {
    fs.fsyncSync = fsyncSync
    syncBuiltinESMExports()
  })
  const synced: number[] = []
  fs.fsyncSync = (fd) => {
    synced.push(fd)
    t.equal(fstatSync(fd).ino, statSync(dirname(path)).ino)
    fsyncSync(fd)
  }
  syncBuiltinESMExports()
  disk.syncFolder(path)
  t.equal(synced.length, 1)
  t.throws(() => fstatSync(synced[0] as number), { code: 'EBADF' })
})
