import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemDisk } from 'pino-rank-lines/system'
import t from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { SyncedDisk } from '../../packages/pino-rank-lines/dist/system/synced-disk.test-kit.js'
import { appendFile } from './append-file.test-kit.ts'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'

t.test('a file that another program renamed is created again within a second', (t) => {
  const { path, clock, write, text, cut } = appendFile(t)
  write('1\n')
  renameSync(path, `${path}.old`)
  clock.pass(999)
  write('2\n')
  t.notOk(existsSync(path), 'the path is not checked at each write')
  clock.pass(1)
  write('3\n')
  t.equal(text(`${path}.old`), '1\n2\n')
  t.equal(text(), '3\n')
  t.strictSame(cut, [])
  t.end()
})

t.test('a file that was removed with its folder is created again, with the folder', (t) => {
  const { dir, clock, write, text } = appendFile(t)
  write('1\n')
  rmSync(dir, { recursive: true })
  clock.pass(1000)
  write('2\n')
  t.equal(text(), '2\n')
  t.end()
})

t.test('without mkdir a missing folder is an error, and writes continue once the folder exists', (t) => {
  const { dir, path, clock, text } = appendFile(t)
  const file = new AppendFile({ path, mkdir: false, mode: 0o640 }, { clock })
  t.teardown(() => file.close())
  t.throws(() => file.write(Buffer.from('1\n')), { code: 'ENOENT' })
  mkdirSync(dir)
  t.equal(file.write(Buffer.from('1\n')), 2)
  t.equal(text(), '1\n')
  t.end()
})

t.test('a file that another program truncated (copytruncate) is reported, and lines are appended to it', (t) => {
  const { path, clock, cut, write, text } = appendFile(t)
  write('1\n')
  clock.pass(1000)
  write('2\n')
  truncateSync(path, 0)
  clock.pass(1000)
  write('3\n')
  t.strictSame(cut, [path])
  t.equal(text(), '3\n')
  t.end()
})

t.test('after close the next line opens the path again', (t) => {
  const { path, file, write, text } = appendFile(t)
  write('1\n')
  renameSync(path, `${path}.1`)
  file.close()
  write('2\n')
  t.equal(text(), '2\n')
  t.equal(text(`${path}.1`), '1\n')
  t.end()
})

t.test('the rotation is called before each batch with the size of the file, and may rename the file', (t) => {
  const sizes: number[] = []
  const { path, write, text } = appendFile(t, {
    rotation: {
      rotate({ size }) {
        sizes.push(size)
        if (size < 4) return false
        renameSync(path, `${path}.1`)
        return true
      },
    },
  })
  for (const n of [1, 2, 3]) write(`${n}\n`)
  t.strictSame(sizes, [0, 2, 4, 0])
  t.equal(text(`${path}.1`), '1\n2\n')
  t.equal(text(), '3\n')
  t.end()
})

const tmpfs = mountedTmpfs('size=1m,nr_inodes=4')

t.test(
  'while no new file can be created, lines are appended to the renamed file, and this is reported once',
  tmpfs ? {} : { skip: 'mounting a tmpfs takes root' },
  (t) => {
    const { dir, unmount } = tmpfs as Mounted
    t.teardown(unmount)
    const path = join(dir, 'train.log')
    const clock = new ManualClock()
    const codes: (string | undefined)[] = []
    let moves = 0
    const options = {
      clock,
      onReopenFailure: ({ code }: NodeJS.ErrnoException) => codes.push(code),
      onMove: () => moves++,
    }
    const file = new AppendFile({ path, mkdir: true, mode: 0o640 }, options)
    t.teardown(() => file.close())
    const write = (text: string) => t.equal(file.write(Buffer.from(text)), text.length)
    write('1\n')
    for (const name of ['a', 'b']) writeFileSync(join(dir, name), '')
    renameSync(path, `${path}.old`)
    for (let seconds = 0; seconds < 4; seconds++) {
      clock.pass(1000)
      write('2\n')
      write('3\n')
    }
    t.equal(readFileSync(`${path}.old`, 'utf8'), `1\n${'2\n3\n'.repeat(4)}`)
    t.strictSame([codes, moves], [['ENOSPC'], 0])
    rmSync(join(dir, 'a'))
    clock.pass(1000)
    write('4\n')
    t.equal(readFileSync(path, 'utf8'), '4\n')
    t.equal(moves, 1)
    rmSync(path)
    clock.pass(1000)
    write('5\n')
    t.equal(readFileSync(path, 'utf8'), '5\n', 'no line goes to a removed file, whose inode is free again')
    t.end()
  },
)

t.test('a new file has the permission bits of the option mode, less the umask', (t) => {
  const { path, write } = appendFile(t)
  write('1\n')
  t.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask())
  t.end()
})

t.test('a durable file syncs its folder when it is new, on sync, and on close, and each write once', (t) => {
  const disk = new SyncedDisk()
  const { file, write } = appendFile(t, { disk, durable: true })
  write('1\n')
  file.sync()
  file.sync()
  write('2\n')
  file.sync(() => disk.calls.push('called'))
  write('3\n')
  file.close()
  t.strictSame(disk.calls, ['folder', 'now', 'soon', 'called', 'now'], 'a sync without new lines does nothing')
  t.end()
})

t.test('a durable file that was released to another writer is still synced, once', (t) => {
  const disk = new SyncedDisk()
  const { file, write } = appendFile(t, { disk, durable: true })
  write('1\n')
  file.release()
  disk.calls.length = 0
  file.sync()
  file.sync()
  t.strictSame(
    disk.calls.filter((call) => call !== 'folder'),
    ['now'],
  )
  t.end()
})

t.test('if a durable file cannot be opened, sync throws the error, or passes it to its callback', (t) => {
  const disk = new SyncedDisk()
  const { file, write } = appendFile(t, { disk, durable: true })
  write('1\n')
  file.release()
  disk.open = () => {
    throw new Error('no descriptor')
  }
  t.throws(() => file.sync(), /no descriptor/)
  const errors: unknown[] = []
  file.sync((error) => errors.push(error?.message))
  t.strictSame(errors, ['no descriptor'])
  t.end()
})

t.test('a real disk is synced without an error, with and without a callback', async (t) => {
  const { file, write } = appendFile(t, { disk: systemDisk, durable: true })
  write('1\n')
  file.sync()
  write('2\n')
  t.equal(await new Promise((done) => file.sync(done)), null)
})
