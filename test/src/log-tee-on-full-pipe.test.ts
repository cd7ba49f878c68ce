/** `ranklog run --log-dir` on a disk that blocks: the output of a rank must not be read faster than it can be written. */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LogTee } from '../../packages/ranklog/dist/run/log-tee.js'
import { RankLog } from '../../packages/ranklog/dist/run/rank-log.js'

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

t.test('while the disk blocks, only a bounded amount is read, and all of it is written in the end', async (t) => {
  const path = join(t.testdir(), 'full.fifo')
  execFileSync('mkfifo', [path])
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK) // a pipe without a reader simulates the slow disk
  const log = new RankLog(path, ({ message }) => t.fail(message))
  const chunks = Array.from({ length: 64 }, (_, at) => Buffer.alloc(2 ** 16, `${String(at).padStart(15)}\n`))
  const tee = new LogTee(given(chunks), () => log, { bytesRead: 0, pendingWrites: 0 }, 250)[Symbol.asyncIterator]()
  let [passed, isOver] = [0, false]
  const read = (async () => {
    while (!(await tee.next()).done) passed++
    await log.close()
    isOver = true
  })()
  while (passed <= 16) await new Promise(setImmediate)
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
  t.ok(passed <= 20, `${passed} chunks of 64 KiB were read`)
  const written: Buffer[] = []
  const bytes = Buffer.alloc(2 ** 16)
  for (;;) {
    try {
      written.push(Buffer.from(bytes.subarray(0, readSync(fd, bytes))))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      if (isOver) break
      await new Promise(setImmediate)
    }
  }
  await read
  closeSync(fd)
  t.ok(Buffer.concat(written).equals(Buffer.concat(chunks)), 'the log has every byte')
})
