import { appendFileSync, chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { ShortWriter } from '../../packages/pino-rank-lines/dist/system/short-writer.test-kit.js'
import { startFileLogger } from './kit/file-logger.ts'
import { ordinaryUser, withOrdinaryUser } from './kit/ordinary-user.ts'
import { ranklog } from './kit/ranklog.ts'
import { startProgram } from './kit/start-process.ts'

const whole = '{"seq":-1}\n'
const torn = '{"seq":-2,"lo'
const seqsOf = (text: string) =>
  text.split('\n').map((line) => (line.startsWith('{"level"') ? JSON.parse(line).seq : line))

for (const name of ['pino-rank-file', 'pino-rank-split']) {
  for (const way of ['stream', 'worker', 'append']) {
    t.test(`${name}, ${way}: a torn line at the end of the file is ended before the first record`, async (t) => {
      const dir = t.testdir()
      const path = join(dir, 'train.log')
      const own = name === 'pino-rank-file' ? path : join(dir, `train.rank-${way === 'append' ? 1 : 0}.log`)
      const run = async (first: number) => {
        const args = [name, way, path, '{}', `${first}`, '2']
        t.match(await startProgram(t, 'short-logger', args).exit, { code: 0, stderr: '' })
      }
      writeFileSync(own, whole + torn)
      await run(0)
      t.strictSame(seqsOf(readFileSync(own, 'utf8')), [whole.trimEnd(), torn, 0, 1, ''])
      await run(2)
      t.strictSame(seqsOf(readFileSync(own, 'utf8')).slice(2), [0, 1, 2, 3, ''], 'a whole line gets no newline')
      writeFileSync(own, '')
      await run(4)
      t.strictSame(seqsOf(readFileSync(own, 'utf8')), [4, 5, ''], 'an empty file gets none')
    })
  }
}

t.test(
  'many processes that open a file with a torn line at once leave it and each record on separate lines',
  async (t) => {
    const path = join(t.testdir(), 'train.log')
    writeFileSync(path, whole + torn)
    const started = Array.from({ length: 6 }, (_, n) =>
      startProgram(t, 'short-logger', ['pino-rank-file', n % 2 ? 'stream' : 'append', path, '{}', `${10 * n}`, '3']),
    )
    for (const { exit } of started) t.match(await exit, { code: 0, stderr: '' })
    const found = seqsOf(readFileSync(path, 'utf8')).filter((line) => line !== '')
    t.strictSame(found.slice(0, 2), [whole.trimEnd(), torn])
    t.strictSame(
      found.slice(2).sort((a, b) => Math.floor(a / 10) - Math.floor(b / 10)), // a stable sort: the records of a process keep their order
      Array.from({ length: 6 }, (_, n) => [10 * n, 10 * n + 1, 10 * n + 2]).flat(),
    )
  },
)

t.test('ranklog run --log-dir ends a torn line of an earlier run', async (t) => {
  const dir = t.testdir({ 'out.rank-0.log': torn })
  const { code } = await ranklog(t, ['run', '-n', '1', '--log-dir', dir, '--', 'sh', '-c', 'echo one'])
  t.equal(code, 0)
  t.equal(readFileSync(join(dir, 'out.rank-0.log'), 'utf8'), `${torn}\none\n`)
})

t.test('AppendFile checks a file that replaces the log, and checks again when it opens the file again', (t) => {
  const path = join(t.testdir(), 'train.log')
  const file = new AppendFile({ path, mkdir: false, mode: 0o640 })
  t.teardown(() => file.close())
  const write = (text: string) => t.equal(file.write(Buffer.from(text)), text.length)
  write('1\n')
  file.close()
  renameSync(path, `${path}.1`)
  writeFileSync(path, torn)
  write('2\n')
  t.equal(readFileSync(path, 'utf8'), `${torn}\n2\n`)
  appendFileSync(path, torn) // by another process, while the file is open here
  file.close()
  write('3\n')
  t.equal(readFileSync(path, 'utf8'), `${torn}\n2\n${torn}\n3\n`)
  t.equal(readFileSync(`${path}.1`, 'utf8'), '1\n')
  t.end()
})

t.test('a line is appended unchecked to a file that this user may write and not read', withOrdinaryUser, async (t) => {
  const path = join(t.testdir({ 'train.log': torn }), 'train.log')
  chmodSync(path, 0o222)
  const logger = await startFileLogger(t, path, {}, ordinaryUser)
  await logger.request('1')
  t.equal(await logger.request('flush'), null)
  logger.send('exit')
  t.match(await logger.exit, { code: 0, stderr: '' })
  chmodSync(path, 0o644)
  t.equal(readFileSync(path, 'utf8'), `${torn}{"level":30,"msg":"1"}\n`)
})

t.test('a full disk refuses the newline and the line, and the next write writes both', (t) => {
  class TornDisk extends ShortWriter {
    override isTorn(): boolean {
      return true
    }
    override stateOf() {
      return { ...super.stateOf(), size: 5 }
    }
  }
  const disk = new TornDisk([0])
  const file = new AppendFile({ path: 'train.log', mkdir: false, mode: 0o640 }, { disk })
  t.throws(() => file.write(Buffer.from('1\n')), { message: 'no space for the newline after an incomplete line' })
  t.equal(file.write(Buffer.from('1\n')), 2)
  t.equal(disk.text, '\n1\n', 'one newline for the torn line')
  t.end()
})
