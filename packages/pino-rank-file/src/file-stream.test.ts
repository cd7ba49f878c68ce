import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { fileStream, type LineStream, rank } from './index.ts'

const self = { rank: 0, launcher: 'test', worldSize: 4 }

t.test('the file and its folders are made at the first line, and end() emits finish and close', async (t) => {
  const path = join(t.testdir(), 'a', 'b', 'train.log')
  const stream = fileStream({ path, rank: self })
  await once(stream, 'ready')
  t.notOk(existsSync(path))
  t.equal(stream.write('{"level":50}\n'), true)
  t.equal(readFileSync(path, 'utf8'), '{"level":50}\n')
  t.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask())
  const ended = Promise.all([once(stream, 'finish'), once(stream, 'close')])
  stream.end('no newline')
  await ended
  t.equal(stream.writable, false)
  t.equal(readFileSync(path, 'utf8'), '{"level":50}\nno newline\n')
  t.same(stream.stats(), { lines: 2, bytes: 24, flushes: 2, drops: 0, errors: 0 })
})

t.test('lines are appended to an existing file, also after end()', (t) => {
  const path = join(t.testdir({ 'train.log': 'old\n' }), 'train.log')
  const stream = fileStream({ path, rank: self })
  stream.end('new\n')
  stream.destroy()
  stream.write('after the end\n')
  t.equal(readFileSync(path, 'utf8'), 'old\nnew\nafter the end\n')
  t.end()
})

t.test('pino writes an error at once and other lines at flush, also from a child logger and in a multistream', (t) => {
  const dir = t.testdir()
  const paths = [join(dir, 'one.log'), join(dir, 'two.log')]
  const streams = paths.map((path) => fileStream({ path, rank: self }))
  t.teardown(() => streams.map((stream) => stream.end()))
  const [one, two] = streams as [LineStream, LineStream]
  const log = pino({}, one)
  const several = pino({}, pino.multistream([{ stream: two }]))
  const lines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0)
  for (const logger of [log.child({ part: 'c' }), several]) {
    for (let i = 0; i < 500; i++) logger.warn('one of many')
  }
  for (const path of paths) t.ok(lines(path) < 500, `${lines(path)} are written in their calls`)
  log.error('now')
  several.fatal('now')
  t.strictSame(paths.map(lines), [501, 501])
  for (let i = 0; i < 500; i++) log.info('waits')
  log.flush((error) => {
    t.notOk(error)
    t.equal(lines(paths[0] as string), 1001)
    t.end()
  })
})

t.test('text after an error record does not have the level of that record', (t) => {
  const path = join(t.testdir(), 'train.log')
  const stream = fileStream({ path, rank: self })
  pino({}, stream).error('now')
  for (let i = 0; i < 500; i++) stream.write('raw\n')
  t.ok(stream.stats().lines < 500, 'not every line was written at once')
  stream.end()
  t.end()
})

t.test('placeholders use the rank that the caller passes', (t) => {
  const dir = t.testdir()
  fileStream({ path: join(dir, '{rank:3}.log'), rank: { ...self, rank: 2 } }).end('x\n')
  t.ok(existsSync(join(dir, '002.log')))
  t.end()
})

t.test('append writes each line before the call returns', (t) => {
  const path = join(t.testdir(), 'logs', 'train.log')
  const line = rank.append?.({ path }, self) as (line: string) => void
  t.notOk(existsSync(path))
  line('first\n')
  t.equal(readFileSync(path, 'utf8'), 'first\n')
  line('second\n')
  t.equal(readFileSync(path, 'utf8'), 'first\nsecond\n')
  t.end()
})

t.test('a file is rotated by size, by rotate() and at a signal', async (t) => {
  const listeners = process.listenerCount('SIGUSR2')
  const path = join(t.testdir(), 'train.log')
  const stream = fileStream({ path, rotate: { maxBytes: 4 }, rotateOn: 'SIGUSR2', flushBytes: 1, rank: self })
  for (const n of [1, 2, 3]) stream.write(`${n}\n`)
  t.equal(readFileSync(`${path}.1`, 'utf8'), '1\n2\n')
  stream.rotate()
  t.equal(readFileSync(`${path}.2`, 'utf8'), '3\n')
  stream.write('4\n')
  const signalled = once(process, 'SIGUSR2')
  const alive = setInterval(() => {}, 60_000) // a signal listener does not keep the process alive
  t.teardown(() => clearInterval(alive))
  process.kill(process.pid, 'SIGUSR2')
  await signalled
  t.equal(readFileSync(`${path}.3`, 'utf8'), '4\n')
  t.equal(readFileSync(path, 'utf8'), '')
  stream.end()
  t.equal(process.listenerCount('SIGUSR2'), listeners)
})

t.test('rank 0 points the current link at its file, and replaces nothing that is not a symbolic link', (t) => {
  const dir = t.testdir({ taken: 'a file' })
  const current = join(dir, 'now.log')
  const write = (name: string, rank: number, link = current) =>
    fileStream({ path: join(dir, name, 'train.log'), current: link, rank: { ...self, rank } }).end(`${name}\n`)
  write('a', 0)
  t.equal(readlinkSync(current), 'a/train.log')
  write('b', 0)
  write('c', 1)
  t.equal(readFileSync(current, 'utf8'), 'b\n')
  write('d', 0, join(dir, 'taken'))
  t.equal(readFileSync(join(dir, 'taken'), 'utf8'), 'a file')
  t.equal(readFileSync(join(dir, 'd', 'train.log'), 'utf8'), 'd\n')
  t.strictSame(
    readdirSync(dir).filter((name) => name.startsWith('.')),
    [],
  )
  t.end()
})
