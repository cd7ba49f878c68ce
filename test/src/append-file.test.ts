import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemDisk } from 'pino-rank-lines/system'
import t from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { SyncedDisk } from '../../packages/pino-rank-lines/dist/system/synced-disk.test-kit.js'
import { appendFile } from './append-file.test-kit.ts'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'

t.test('renamed by another program: its name is opened again within a second', (t) => {
  const { path, clock, write, text, cut } = appendFile(t)
  write('1\n')
  renameSync(path, `${path}.old`)
  clock.pass(999)
  write('2\n')
  t.notOk(existsSync(path), 'not looked at each time')
  clock.pass(1)
  write('3\n')
  t.equal(text(`${path}.old`), '1\n2\n')
  t.equal(text(), '3\n')
  t.strictSame(cut, [])
  t.end()
})

t.test('removed with its folder: both are made again', (t) => {
  const { dir, clock, write, text } = appendFile(t)
  write('1\n')
  rmSync(dir, { recursive: true })
  clock.pass(1000)
  write('2\n')
  t.equal(text(), '2\n')
  t.end()
})

t.test(
  'removed with its folder, which may not be made: the error says so, and it goes on when the folder is back',
  (t) => {
    const { dir, path, clock, text } = appendFile(t)
    const file = new AppendFile({ path, mkdir: false, mode: 0o640 }, { clock })
    t.teardown(() => file.close())
    t.throws(() => file.write(Buffer.from('1\n')), { code: 'ENOENT' })
    mkdirSync(dir)
    t.equal(file.write(Buffer.from('1\n')), 2)
    t.equal(text(), '1\n')
    t.end()
  },
)

t.test('cut short by another program (copytruncate): reported, and appended to what is left', (t) => {
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

t.test('left on demand: the next line opens the name', (t) => {
  const { path, file, write, text } = appendFile(t)
  write('1\n')
  renameSync(path, `${path}.1`)
  file.close()
  write('2\n')
  t.equal(text(), '2\n')
  t.equal(text(`${path}.1`), '1\n')
  t.end()
})

t.test('a rotation is asked before each batch, with the file of that moment, and may move it', (t) => {
  const asked: number[] = []
  const { path, write, text } = appendFile(t, {
    rotation: {
      rotate({ size }) {
        asked.push(size)
        if (size < 4) return false
        renameSync(path, `${path}.1`)
        return true
      },
    },
  })
  for (const n of [1, 2, 3]) write(`${n}\n`)
  t.strictSame(asked, [0, 2, 4, 0])
  t.equal(text(`${path}.1`), '1\n2\n')
  t.equal(text(), '3\n')
  t.end()
})

const tmpfs = mountedTmpfs('size=1m,nr_inodes=4')

t.test(
  'lines are appended to a renamed file while no new one can be created, reported once, until there is room',
  tmpfs ? {} : { skip: 'mounting a tmpfs takes root' },
  (t) => {
    const { dir, unmount } = tmpfs as Mounted
    t.teardown(unmount)
    const path = join(dir, 'train.log')
    const clock = new ManualClock()
    const codes: (string | undefined)[] = []
    let moves = 0
    const options = { clock, onStay: ({ code }: NodeJS.ErrnoException) => codes.push(code), onMove: () => moves++ }
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
    t.equal(readFileSync(path, 'utf8'), '5\n', 'a removed file takes no line, and gives its inode back')
    t.end()
  },
)

t.test('a file as it is made: mode, and folders', (t) => {
  const { path, write } = appendFile(t)
  write('1\n')
  t.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask())
  t.end()
})

t.test('made to last: the folder of a new file, what is asked for, and what is left behind', (t) => {
  const disk = new SyncedDisk()
  const { file, write } = appendFile(t, { disk, durable: true })
  write('1\n')
  file.sync()
  file.sync()
  write('2\n')
  file.sync(() => disk.calls.push('called'))
  write('3\n')
  file.close()
  t.strictSame(disk.calls, ['folder', 'now', 'soon', 'called', 'now'], 'once for what was written once')
  t.end()
})

t.test('made to last: what a writer thread has written and not synced', (t) => {
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

t.test('made to last: an error of the name is thrown, or passed on', (t) => {
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

t.test('a real disk is synced without an error, now and soon', async (t) => {
  const { file, write } = appendFile(t, { disk: systemDisk, durable: true })
  write('1\n')
  file.sync()
  write('2\n')
  t.equal(await new Promise((done) => file.sync(done)), null)
})
