import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import t from 'tap'
import { writeOnce, writeTextOnce } from './write-once.ts'

/** Runs a task in which write(2) fails with these codes, one after the other, and then takes all. @returns the writes */
function writesDuring(codes: string[], task: () => void): string[] {
  const { writeSync } = fs
  const writes: string[] = []
  fs.writeSync = ((_: number, bytes: Uint8Array | string) => {
    const code = codes.shift()
    writes.push(code ?? `${bytes}`)
    if (code) throw Object.assign(new Error(code), { code })
    return bytes.length
  }) as typeof writeSync
  syncBuiltinESMExports()
  try {
    task()
  } finally {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  }
  return writes
}

t.test(
  'a write that a signal interrupts, or for which a pipe has no room, is repeated until it succeeds',
  async (t) => {
    for (const write of [() => writeOnce(9, Buffer.from('1\n')), () => writeTextOnce(9, '1\n')]) {
      let count = 0
      const writes = writesDuring(['EAGAIN', 'EINTR', 'EAGAIN'], () => {
        count = write()
      })
      t.strictSame([writes, count], [['EAGAIN', 'EINTR', 'EAGAIN', '1\n'], 2])
      const failed = writesDuring(['EAGAIN', 'ENOSPC'], () => t.throws(write, { code: 'ENOSPC' }))
      t.strictSame(failed, ['EAGAIN', 'ENOSPC'], 'any other error is thrown')
    }
  },
)
