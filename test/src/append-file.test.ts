import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { type Disk, systemDisk } from 'pino-rank-lines/system'
import t, { type Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import type { AppendFileOptions } from '../../packages/pino-rank-file/dist/append/append-file-options.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { SyncedDisk } from '../../packages/pino-rank-lines/dist/system/synced-disk.test-kit.js'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'

/** The append end on a real disk, by a clock of ours. */
function appendFile(t: Test, options: AppendFileOptions = {}) {
  const dir = join(t.testdir(), 'logs')
  const path = join(dir, 'train.log')
  const clock = new ManualClock()
  const cut: string[] = []
  const place = { path, mkdir: true, mode: 0o640 }
  const file = new AppendFile(place, { clock, onTruncate: (path) => cut.push(path), ...options })
  t.teardown(() => file.close())
  const write = (text: string) => t.equal(file.write(Buffer.from(text)), text.length)
  return { dir, path, clock, cut, file, write, text: (name = path) => readFileSync(name, 'utf8') }
}

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

/** The real disk, but the first write is cut after `taken` bytes and no fragment can be ended in place. */
function cuttingDisk(taken: number): Disk {
  let cut = false
  const { endFragment: _, ...disk } = systemDisk
  return {
    ...disk,
    write(fd, bytes) {
      const piece = cut ? bytes : bytes.subarray(0, taken)
      cut = true
      return systemDisk.write(fd, piece)
    },
  }
}

const cuts: [name: string, taken: number, behind: string, glued: number, text: string][] = [
  ['in a line', 6, '', 0, '1\n{"a"\n{"a":2}\n'],
  ['in a line, and another writer’s line comes first', 6, '{"b":3}\n', 1, '1\n{"a"{"b":3}\n\n{"a":2}\n'],
  ['before a newline', 9, '', 0, '1\n{"a":2}\n'],
  ['before a newline, and another writer’s line comes first', 9, '{"b":3}\n', 1, '1\n{"a":2}{"b":3}\n\n'],
  ['behind a newline, and another writer’s line comes first', 2, '{"b":3}\n', 0, '1\n{"b":3}\n{"a":2}\n'],
]

for (const [name, taken, behind, glued, expected] of cuts) {
  t.test(`a write cut ${name} is reported if its fragment cannot be ended in place and may be glued`, (t) => {
    let calls = 0
    const { path, file, text } = appendFile(t, { disk: cuttingDisk(taken), onGlued: () => calls++ })
    let rest = Buffer.from('1\n{"a":2}\n')
    rest = rest.subarray(file.write(rest))
    if (behind) appendFileSync(path, behind)
    while (rest.length > 0) rest = rest.subarray(file.write(rest))
    t.equal(text(), expected)
    t.equal(calls, glued)
    file.close()
    t.equal(calls, glued)
    t.end()
  })
}

t.test('a fragment that cannot be ended in place and stays open is reported', (t) => {
  let calls = 0
  const { file, text } = appendFile(t, { disk: cuttingDisk(6), onGlued: () => calls++ })
  t.equal(file.write(Buffer.from('1\n{"a":2}\n')), 2)
  file.close()
  t.equal(text(), '1\n{"a"')
  t.equal(calls, 1)
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

t.test('a real disk is synced without an error, now and soon', async (t) => {
  const { file, write } = appendFile(t, { disk: systemDisk, durable: true })
  write('1\n')
  file.sync()
  write('2\n')
  t.equal(await new Promise((done) => file.sync(done)), null)
})

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux says where the last write ended' }

/** The end of the block in which a full disk cuts a write. */
const blockBytes = 512

/** The system's disk, with little space. A write is cut at the end of its block, and another process appends behind each part. */
function splittingDisk(path: string, lines: string[]) {
  const disk: Disk & { room: number } = {
    ...systemDisk,
    room: Number.POSITIVE_INFINITY,
    freeBytes: () => 1000,
    write(fd, bytes) {
      if (disk.room === 0) throw Object.assign(new Error('ENOSPC: no room, write'), { code: 'ENOSPC' })
      let done = 0
      while (lines.length > 0) {
        const end = done + blockBytes - (statSync(path).size % blockBytes)
        if (end >= bytes.length) break
        systemDisk.write(fd, bytes.subarray(done, end))
        done = end
        appendFileSync(path, lines.shift() as string)
      }
      return done + systemDisk.write(fd, bytes.subarray(done, disk.room))
    },
  }
  return disk
}

/** What fills a block but for `count` bytes. */
const filler = (count: number) => `${'f'.repeat(blockBytes - count - 1)}\n`

t.test('a write that is split on a full disk: the cut lines are written again', linux, (t) => {
  const { path, file, write, text } = appendFile(t)
  write(filler(6))
  file.close()
  const others = [`{"other":"${'o'.repeat(blockBytes - 23)}"}\n`, '{"other":2}\n']
  const split = new AppendFile({ path, mkdir: true, mode: 0o640 }, { disk: splittingDisk(path, [...others]) })
  t.teardown(() => split.close())
  t.equal(split.write(Buffer.from('1\n{"a":2}\n3\n{"b":4}\n5\n')), 22)
  t.equal(text(), `${filler(6)}1\n{"a\n${others[0]}:2}\n3\n{"b\n${others[1]}:4}\n5\n{"a":2}\n{"b":4}\n`)
  t.end()
})

t.test('a line that a split write cut waits for room, and is counted if there is none', linux, (t) => {
  const { path, file: first, write: fill, text } = appendFile(t)
  fill(filler(6))
  first.close()
  const lost: number[] = []
  const disk = splittingDisk(path, ['{"other":1}\n'])
  const file = new AppendFile({ path, mkdir: true, mode: 0o640 }, { disk, onLost: (lines) => lost.push(lines) })
  t.teardown(() => file.close())
  const { write } = disk
  disk.write = (fd, bytes) => {
    const written = write(fd, bytes)
    disk.room = 0
    return written
  }
  t.equal(file.write(Buffer.from('1\n{"a":2}\n3\n')), 12, 'the others are written')
  file.end()
  t.strictSame(lost, [1])
  t.throws(() => file.write(Buffer.from('4\n')), { code: 'ENOSPC' })
  disk.room = 100
  disk.write = write
  t.equal(file.write(Buffer.from('4\n')), 2)
  t.match(text(), /3\n\{"a":2\}\n4\n$/)
  t.end()
})
