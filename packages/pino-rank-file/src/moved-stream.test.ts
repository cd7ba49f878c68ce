import { closeSync, openSync, readFileSync, readlinkSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { fileStream } from './index.ts'

const rank = { rank: 3, launcher: 'test', worldSize: 4 }
const read = (...path: string[]) => readFileSync(join(...path), 'utf8')

t.test('reopen() opens the path again after another program has renamed the file', (t) => {
  const path = join(t.testdir(), 'train.log')
  const stream = fileStream({ path, rank })
  t.equal(stream.file, path)
  stream.write('1\n')
  renameSync(path, `${path}.old`)
  stream.reopen()
  stream.end('2\n')
  t.strictSame([read(`${path}.old`), read(path)], ['1\n', '2\n'])
  t.end()
})

t.test('reopen(file) accepts placeholders, and rotation continues in the new file', (t) => {
  const dir = t.testdir()
  const at = (name: string) => join(dir, name)
  const rotate = { maxBytes: 2 }
  const stream = fileStream({ path: at('a.log'), current: at('now-{rank}.log'), rotate, rank, ranks: '3' })
  stream.write('1\n')
  stream.reopen(at('logs/{rank:5}.log'))
  t.equal(stream.file, at('logs/00003.log'))
  stream.write('2\n')
  stream.write('3\n')
  stream.reopen(at('c.log'))
  stream.end('4\n')
  t.strictSame([read(at('a.log')), read(at('logs/00003.log.1')), read(at('logs/00003.log'))], ['1\n', '2\n', '3\n'])
  t.equal(read(at('c.log')), '4\n')
  t.strictSame(stream.stats(), { lines: 4, bytes: 8, flushes: 4, drops: 0, errors: 0 })
  t.end()
})

t.test('lines that a logger writes after reopen(file) are in the new file', async (t) => {
  const dir = t.testdir()
  const stream = fileStream({ path: join(dir, 'a.log'), rank })
  const log = pino({ base: null, timestamp: false }, stream)
  for (const day of ['mon', 'tue']) {
    stream.reopen(join(dir, `${day}.log`))
    for (let n = 0; n < 200; n++) log.info(day) // so many that some are still buffered when the call returns
  }
  await new Promise((flushed) => log.flush(flushed))
  for (const day of ['mon', 'tue']) t.equal(read(dir, `${day}.log`), `{"level":30,"msg":"${day}"}\n`.repeat(200))
  stream.end()
})

t.test('reopen(file) refuses a path that the options would refuse, and the file stays the same', (t) => {
  const path = join(t.testdir(), 'train.log')
  const stream = fileStream({ path, rank })
  stream.write('1\n')
  const wrongPaths: [file: string, code: string][] = [
    [`${path}/`, 'OPTION_INVALID'],
    ['{rnak}.log', 'PATH_PLACEHOLDER'],
  ]
  for (const [file, code] of wrongPaths) t.throws(() => stream.reopen(file), { code })
  t.throws(() => stream.reopen(7 as never), { code: 'OPTION_INVALID', message: /"path": expected a path/ })
  t.equal(stream.file, path)
  stream.end('2\n')
  t.equal(read(path), '1\n2\n')
  t.end()
})

t.test('lines that could not be written go to the new file after reopen(file)', (t) => {
  const dir = t.testdir()
  const stream = fileStream({ path: join(dir, 'missing/a.log'), mkdir: false, rank })
  stream.write('1\n')
  stream.write('2\n')
  t.match(stream.stats(), { lines: 0, drops: 0 })
  stream.reopen(join(dir, 'b.log'))
  stream.end('3\n')
  t.equal(read(dir, 'b.log'), '1\n2\n3\n')
  t.end()
})

t.test('with runDirectory a path is relative to it, and stream.file is undefined until the first line', (t) => {
  const runDirectory = join(t.testdir(), 'runs')
  const stream = fileStream({ path: 'a.log', runDirectory, rank: { ...rank, runKey: 'job-7', attempt: 0 } })
  t.equal(stream.file, undefined)
  stream.write('1\n')
  t.equal(stream.file, join(runDirectory, 'version_0/a.log'))
  stream.reopen('logs/b.log')
  stream.end('2\n')
  t.equal(read(runDirectory, 'version_0/logs/b.log'), '2\n')
  t.end()
})

t.test('the path /dev/fd/N opens the file of descriptor N', { skip: process.platform !== 'linux' }, (t) => {
  const path = join(t.testdir({ 'train.log': 'old\n' }), 'train.log')
  const fd = openSync(path, 'a')
  fileStream({ path: `/dev/fd/${fd}`, rank }).end('new\n')
  t.match(readlinkSync(`/proc/self/fd/${fd}`), 'train.log')
  closeSync(fd)
  t.equal(read(path), 'old\nnew\n')
  t.end()
})
