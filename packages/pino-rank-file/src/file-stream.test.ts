import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { fileStream, type LineStream, rank } from './index.ts'

const self = { rank: 0, launcher: 'test', worldSize: 4 }

t.test('opens at the first byte, makes the folders, and ends like a stream of pino’s', async (t) => {
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

t.test('appends to what is there', (t) => {
  const path = join(t.testdir({ 'train.log': 'old\n' }), 'train.log')
  const stream = fileStream({ path, rank: self })
  stream.end('new\n')
  stream.destroy()
  stream.write('after the end\n')
  t.equal(readFileSync(path, 'utf8'), 'old\nnew\nafter the end\n')
  t.end()
})

t.test('under pino: errors at once, the rest on flush, also by a child and through multistream', (t) => {
  const dir = t.testdir()
  const paths = [join(dir, 'one.log'), join(dir, 'two.log')]
  const streams = paths.map((path) => fileStream({ path, rank: self }))
  t.teardown(() => streams.map((stream) => stream.end()))
  const [one, two] = streams as [LineStream, LineStream]
  const log = pino({}, one)
  const several = pino({}, pino.multistream([{ stream: two }]))
  const lines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0)
  for (const logger of [log.child({ part: 'c' }), several]) {
    for (let i = 0; i < 500; i++) logger.warn('waits, for there are many')
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

t.test('raw text after an error of pino’s is not taken for one', (t) => {
  const path = join(t.testdir(), 'train.log')
  const stream = fileStream({ path, rank: self })
  pino({}, stream).error('now')
  for (let i = 0; i < 500; i++) stream.write('raw\n')
  t.ok(stream.stats().lines < 500, 'written at once as long as they are few, not because of a level')
  stream.end()
  t.end()
})

t.test('a hundred streams make one listener', (t) => {
  const dir = t.testdir()
  const before = process.listenerCount('exit')
  const streams = Array.from({ length: 100 }, (_, i) => fileStream({ path: join(dir, `${i}.log`), rank: self }))
  for (const stream of streams) stream.write('x\n')
  t.equal(process.listenerCount('exit'), before + 1)
  for (const stream of streams) stream.end()
  t.equal(process.listenerCount('exit'), before)
  t.end()
})

t.test('placeholders are filled for the rank that the program gives', (t) => {
  const dir = t.testdir()
  fileStream({ path: join(dir, '{rank:3}.log'), rank: { ...self, rank: 2 } }).end('x\n')
  t.ok(existsSync(join(dir, '002.log')))
  t.end()
})

t.test('append: whole, at once, and nothing stays open', (t) => {
  const path = join(t.testdir(), 'logs', 'train.log')
  const line = rank.append?.({ path }, self) as (line: string) => void
  t.notOk(existsSync(path))
  line('first\n')
  t.equal(readFileSync(path, 'utf8'), 'first\n')
  line('second\n')
  t.equal(readFileSync(path, 'utf8'), 'first\nsecond\n')
  t.end()
})

t.test('rotates by size, on demand and at a signal', async (t) => {
  const listeners = process.listenerCount('SIGUSR2')
  const path = join(t.testdir(), 'train.log')
  const stream = fileStream({ path, rotate: { maxBytes: 4 }, rotateOn: 'SIGUSR2', flushBytes: 1, rank: self })
  for (const n of [1, 2, 3]) stream.write(`${n}\n`)
  t.equal(readFileSync(`${path}.1`, 'utf8'), '1\n2\n')
  stream.rotate()
  t.equal(readFileSync(`${path}.2`, 'utf8'), '3\n')
  stream.write('4\n')
  const signalled = once(process, 'SIGUSR2')
  const alive = setInterval(() => {}, 60_000) // a signal that is awaited keeps no process alive
  t.teardown(() => clearInterval(alive))
  process.kill(process.pid, 'SIGUSR2')
  await signalled
  t.equal(readFileSync(`${path}.3`, 'utf8'), '4\n')
  t.equal(readFileSync(path, 'utf8'), '')
  stream.end()
  t.equal(process.listenerCount('SIGUSR2'), listeners)
})

t.test('a symbolic link shows the current file, made by rank 0, and nothing else is replaced', (t) => {
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
