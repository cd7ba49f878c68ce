import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import t, { type Test } from 'tap'
import { reportLine } from './report-line.ts'

/** Makes each write to stderr take at most this number of bytes, or fail with this code. After these, each takes all. */
function stderr(t: Test, pattern: (number | string)[]) {
  const { writeSync } = fs
  t.teardown(() => {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  })
  const writes: string[] = []
  fs.writeSync = ((_: number, bytes: Buffer) => {
    const next = pattern.shift()
    if (typeof next === 'string') throw Object.assign(new Error(next), { code: next })
    const taken = bytes.subarray(0, next)
    writes.push(`${taken}`)
    return taken.length
  }) as typeof writeSync
  syncBuiltinESMExports()
  return writes
}

t.test('a report is one line without control characters', (t) => {
  const writes = stderr(t, [])
  reportLine('first\nsecond \u001b[31m')
  t.strictSame(writes, ['first second \\x1b[31m\n'])
  t.end()
})

t.test('a report is completed after short writes, and after a signal or a full pipe', (t) => {
  const writes = stderr(t, [3, 'EINTR', 'EAGAIN', 4, 'EAGAIN'])
  reportLine('0123456789')
  t.strictSame(writes, ['012', '3456', '789\n'])
  t.end()
})

t.test('a report is dropped if stderr is closed, or if its pipe stays full', (t) => {
  const writes = stderr(t, ['EBADF', ...Array(10_000).fill('EAGAIN')])
  reportLine('lost')
  const began = performance.now()
  reportLine('lost')
  t.ok(performance.now() - began < 5000, 'the program continues')
  t.strictSame(writes, [])
  t.end()
})
