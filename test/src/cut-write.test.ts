import { appendFileSync, statSync } from 'node:fs'
import { type Disk, systemDisk } from 'pino-rank-lines/system'
import t from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { appendFile } from './append-file.test-kit.ts'

/** The real disk, but the first write is short: it writes `taken` bytes. A fragment cannot be ended in place. */
function cuttingDisk(taken: number): Disk {
  let cut = false
  const { endFragment: _, ...disk } = systemDisk
  return {
    ...disk,
    write(fd, given) {
      const bytes = Buffer.from(given)
      const piece = cut ? bytes : bytes.subarray(0, taken)
      cut = true
      return systemDisk.write(fd, piece)
    },
  }
}

const cuts: [name: string, taken: number, nextLine: string, reports: number, text: string][] = [
  ['in a line', 6, '', 0, '1\n{"a"\n{"a":2}\n'],
  ['in a line, and another writer’s line comes first', 6, '{"b":3}\n', 1, '1\n{"a"{"b":3}\n\n{"a":2}\n'],
  ['before a newline', 9, '', 0, '1\n{"a":2}\n'],
  ['before a newline, and another writer’s line comes first', 9, '{"b":3}\n', 1, '1\n{"a":2}{"b":3}\n\n'],
  ['after a newline, and another writer’s line comes first', 2, '{"b":3}\n', 0, '1\n{"b":3}\n{"a":2}\n'],
]

for (const [name, taken, nextLine, reports, expected] of cuts) {
  t.test(`a write cut ${name} is reported only if another line may follow its fragment on the same line`, (t) => {
    let calls = 0
    const { path, file, text } = appendFile(t, { disk: cuttingDisk(taken), onUnterminated: () => calls++ })
    let rest = Buffer.from('1\n{"a":2}\n')
    rest = rest.subarray(file.write(rest))
    if (nextLine) appendFileSync(path, nextLine)
    while (rest.length > 0) rest = rest.subarray(file.write(rest))
    t.equal(text(), expected)
    t.equal(calls, reports)
    file.close()
    t.equal(calls, reports)
    t.end()
  })
}

t.test('a fragment that cannot be ended in place and stays open is reported', (t) => {
  let calls = 0
  const { file, text } = appendFile(t, { disk: cuttingDisk(6), onUnterminated: () => calls++ })
  t.equal(file.write(Buffer.from('1\n{"a":2}\n')), 2)
  file.close()
  t.equal(text(), '1\n{"a"')
  t.equal(calls, 1)
  t.end()
})

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux reports where the last write ended' }

/** Size of a block. A full disk cuts a write at the end of a block. */
const blockBytes = 512

/** The system's disk, with little space. A write is cut at the end of its block, and another process appends a line after each part. */
function splittingDisk(path: string, lines: string[]) {
  const disk: Disk & { room: number } = {
    ...systemDisk,
    room: Number.POSITIVE_INFINITY,
    freeBytes: () => 1000,
    write(fd, given) {
      const bytes = Buffer.from(given)
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

/** Returns a line that fills a block except for `count` bytes. */
const filler = (count: number) => `${'f'.repeat(blockBytes - count - 1)}\n`

t.test('lines that a full disk cut, because it split a write, are written again', linux, (t) => {
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

t.test('a line that a split write cut is retried, and is counted as lost if there is no room', linux, (t) => {
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
