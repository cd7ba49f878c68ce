import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Disk, systemDisk } from 'pino-rank-lines/system'
import t, { type Test } from 'tap'
import { ManualClock } from '../../../pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { AppendFile } from './append-file.ts'

/** Returns a real file on a disk that records calls, and that accepts at most `room` bytes of the next write. */
function bench(t: Test, name = 'train.log') {
  const path = join(t.testdirName, name)
  const calls: string[] = []
  const disk: Disk & { room: number } = {
    ...systemDisk,
    room: Infinity,
    stateAt(path) {
      calls.push('stat')
      return systemDisk.stateAt(path)
    },
    write(fd, bytes) {
      calls.push(typeof bytes)
      const { room } = disk
      disk.room = Infinity
      if (room === 0) throw Object.assign(new Error('ENOSPC: no room, write'), { code: 'ENOSPC' })
      return systemDisk.write(fd, Buffer.from(bytes).subarray(0, room))
    },
  }
  const clock = new ManualClock()
  const file = new AppendFile({ path, mkdir: true, mode: 0o640 }, { clock, disk })
  const writeLine = (line: string) => file.writeLine(line, Buffer.byteLength(line), clock.now())
  return { file, disk, clock, calls, path, writeLine, text: () => readFileSync(path, 'utf8') }
}

t.test('writeLine makes one system call for each line, until the path has to be checked again', async (t) => {
  t.testdir()
  const { file, clock, calls, writeLine, text } = bench(t)
  t.equal(writeLine('0\n'), 0, 'not before the first write, which opens the file')
  file.write(Buffer.from('1\n'))
  calls.length = 0
  t.strictSame([writeLine('2\n'), writeLine('ä\n')], [2, 3])
  t.strictSame(calls, ['string', 'string'])
  clock.pass(1000)
  t.equal(writeLine('4\n'), 0)
  file.write(Buffer.from('4\n'))
  t.equal(writeLine('5\n'), 2)
  t.equal(text(), '1\n2\nä\n4\n5\n')
  file.close()
  t.equal(writeLine('6\n'), 0, 'nor after it was closed')
})

t.test('writeLine writes nothing to a file with rotation, whose size is checked before each write', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const rotation = { rotate: () => false }
  const file = new AppendFile({ path, mkdir: true, mode: 0o640 }, { rotation })
  t.teardown(() => file.close())
  file.write(Buffer.from('1\n'))
  t.equal(file.writeLine('2\n', 2, performance.now()), 0)
})

t.test(
  'with any lines, batches, short writes, errors and renames, each accepted line is there once and in order',
  async (t) => {
    t.testdir()
    const step = fc.oneof(
      fc.record({ line: fc.string({ unit: 'grapheme', maxLength: 20 }) }),
      fc.record({ batch: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ room: fc.integer({ min: 0, max: 12 }) }),
      fc.record({ pass: fc.constantFrom(10, 1000, 20_000) }),
      fc.record({ rename: fc.constant(true) }),
    )
    let runs = 0
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { file, disk, clock, path, writeLine } = bench(t, `${runs++}.log`)
        const paths = [path]
        const taken: string[] = []
        let seq = 0
        const put = (lines: string[]) => {
          let rest = Buffer.from(lines.join(''))
          for (let tries = 0; rest.length > 0 && tries < 20; tries++) {
            try {
              const done = lines.length === 1 ? writeLine(String(rest)) : 0
              rest = rest.subarray(done > 0 ? done : file.write(rest))
            } catch {
              // retried, as by an outbox
            }
          }
          taken.push(...lines)
        }
        file.write(Buffer.from('{}\n'))
        for (const step of steps) {
          if ('line' in step) put([`${JSON.stringify({ seq: seq++, text: step.line })}\n`])
          else if ('batch' in step) put(Array.from({ length: step.batch }, () => `${JSON.stringify({ seq: seq++ })}\n`))
          else if ('room' in step) disk.room = step.room
          else if ('pass' in step) clock.pass(step.pass)
          else {
            paths.push(`${path}.${paths.length}`)
            renameSync(path, paths.at(-1) as string)
            clock.pass(1000)
            put(['{}\n'])
          }
        }
        file.end()
        file.close()
        const inOrder = [...paths.slice(1), path]
        const found = inOrder.flatMap((path) => readFileSync(path, 'utf8').split('\n')).map((line) => `${line}\n`)
        const unique = taken.filter((line) => line !== '{}\n')
        return found.filter((line) => unique.includes(line)).join('') === unique.join('')
      }),
      { numRuns: 150 },
    )
  },
)
