import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { LogTee } from './log-tee.ts'
import { RankLog } from './rank-log.ts'

/** Yields chunks in the same memory: each is overwritten when the next one is requested, as with a pipe. */
async function* reusedChunks(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const memory = Buffer.alloc(Math.max(1, ...chunks.map(({ length }) => length)))
  for (const chunk of chunks) {
    memory.set(chunk)
    yield memory.subarray(0, chunk.length)
    memory.fill('?')
  }
}

async function copy(chunks: readonly Uint8Array[], path?: string) {
  const progress = { bytesRead: 0, pendingWrites: 0 }
  const log = new RankLog(path, (error) => t.fail(error.message))
  const passed: Buffer[] = []
  for await (const chunk of new LogTee(reusedChunks(chunks), () => log, progress, 250)) passed.push(Buffer.from(chunk))
  await log.close()
  return { progress, log, passed: Buffer.concat(passed).toString() }
}

t.test('a stream is copied in whole lines and passed on byte for byte', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lt-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  let run = 0
  const text = fc.array(fc.constantFrom('a', 'long line', '\n', ' '), { maxLength: 60 }).map((parts) => parts.join(''))
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 })
  const property = fc.assert(
    fc.asyncProperty(text, cuts, async (text, cuts) => {
      const chunks: Buffer[] = []
      for (let at = 0; at < text.length; at += cuts[(chunks.length - 1) % cuts.length] as number)
        chunks.push(Buffer.from(text.slice(at, at + (cuts[chunks.length % cuts.length] as number))))
      const path = join(folder, `${run++}.log`)
      const { progress, passed } = await copy(chunks, path)
      const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`
      return passed === text && progress.bytesRead === text.length && readFileSync(path, 'utf8') === ended
    }),
  )
  await t.resolves(property)
})

t.test('two streams of a rank do not tear each other’s lines, except lines of more than 1 MiB', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lt-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'x.log')
  const log = new RankLog(path, ({ message }) => t.fail(message))
  const progress = { bytesRead: 0, pendingWrites: 0 }
  const tee = (chunks: string[]) =>
    new LogTee(reusedChunks(chunks.map((chunk) => Buffer.from(chunk))), () => log, progress, 250)[
      Symbol.asyncIterator
    ]()
  const [out, err] = [
    tee(['fir', 'st\nsec', 'ond\n', 'x'.repeat(2 ** 20), 'x\n']),
    tee(['one\n', 'two\n', 'three\n', 'four\n']),
  ]
  for (const stream of [out, err, out, err, out, out, err, out, err, out, err]) await stream.next()
  await log.close()
  const lines = readFileSync(path, 'utf8').split('\n')
  t.strictSame(lines.slice(0, 5), ['one', 'first', 'two', 'second', 'three'])
  t.equal(lines.slice(5).join('').length, 2 ** 20 + 1 + 'four'.length)
  t.equal(lines[6], 'four', 'on a separate line')
})

t.test('text without a newline is written to the file after a time, but a part of a record is not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lt-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const [chunks, part, whole] of [
    [['a\nName? ', 'Bob\n'], 'a\nName? ', 'a\nName? Bob\n'],
    [['a\nName? '], 'a\nName? ', 'a\nName? \n'],
    [['a\n{"level":30', '}\n'], 'a\n', 'a\n{"level":30}\n'],
  ] as const) {
    const path = join(folder, 'part.log')
    rmSync(path, { force: true })
    const log = new RankLog(path, ({ message }) => t.fail(message))
    const text = () => readFileSync(path, 'utf8')
    const stream = reusedChunks(chunks.map((chunk) => Buffer.from(chunk)))
    const tee = new LogTee(stream, () => log, { bytesRead: 0, pendingWrites: 0 }, 20)[Symbol.asyncIterator]()
    await tee.next()
    const alive = setInterval(() => {}, 1000) // timers of the log do not keep the process alive
    while (text() !== part) await new Promise((resolve) => setTimeout(resolve, 5))
    while (!(await tee.next()).done);
    clearInterval(alive)
    await log.close()
    t.equal(text(), whole)
  }
})

t.test(
  'the log is requested when the first bytes arrive, and it stores the last lines also without a file',
  async (t) => {
    const names: string[] = []
    const log = new RankLog(undefined, ({ message }) => t.fail(message))
    const progress = { bytesRead: 0, pendingWrites: 0 }
    const chunks = new LogTee(
      reusedChunks([Buffer.from('a\nb\nc')]),
      () => {
        names.push('asked')
        return log
      },
      progress,
      250,
    )[Symbol.asyncIterator]()
    t.strictSame(names, [])
    await chunks.next()
    t.strictSame(names, ['asked'])
    t.strictSame(log.lastLines(), ['a', 'b'])
    t.equal((await chunks.next()).done, true)
    t.strictSame(log.lastLines(), ['a', 'b', 'c'])
    t.strictSame(names, ['asked'])
  },
)

t.test('the state of the stream is passed to the merge, and ending the tee ends the stream', async (t) => {
  let ended = 0
  const stream = Object.assign(reusedChunks([]), {
    isAway: true,
    hasBytes: true,
    return: async () => ({ value: ended++, done: true }),
  })
  const tee = new LogTee(stream as never, () => t.fail() as never, { bytesRead: 0, pendingWrites: 0 }, 250)
  t.strictSame([tee.isAway, tee.hasBytes], [true, true])
  await tee[Symbol.asyncIterator]().return?.()
  t.equal(ended, 1)
})
