import { appendFileSync, chmodSync, closeSync, constants, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync, symlinkSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { startFileLogger } from './kit/file-logger.ts'
import { mountedExt4, mountedTmpfs } from './kit/mounted.ts'
import { ordinaryUser, withOrdinaryUser } from './kit/ordinary-user.ts'
import { canRun, makeFifo, runCommand } from './kit/run-command.ts'
import { startProcess, type TestProcess } from './kit/start-process.ts'

// Paths that are not regular files, or cannot be written. Each fault is reported once, and lines stay buffered.

const young = { flushMs: 20 }
const line = (msg: string) => `{"level":30,"msg":"${msg}"}\n`

/** Ends a logger and returns what it reported. */
async function end(logger: TestProcess): Promise<string> {
  logger.send('exit')
  const { code, stderr } = await logger.exit
  t.equal(code, 0)
  return stderr
}

t.test('lines for a FIFO are buffered while it has no reader', async (t) => {
  const path = join(t.testdir(), 'pipe')
  makeFifo(path)
  const logger = await startFileLogger(t, path, young)
  await logger.request('1')
  t.match(await logger.request('flush'), /ENXIO/)
  const read = async (message: string) => {
    const reader = startProcess(t, ['head', '-n', '1', path])
    for (;;) if ((await logger.request('flush')) === null) break // succeeds when the reader has opened it
    t.equal((await reader.exit).stdout, line(message))
  }
  await read('1')
  await logger.request('2')
  await logger.request('flush') // fails, because the first reader has ended
  await read('2')
  const reports = (await end(logger)).trimEnd().split('\n')
  t.match(reports, [/ENXIO: .*start the reader of this pipe/, /EPIPE: .*start the reader of this pipe again/])
  t.equal(reports.length, 2, 'each is reported once')
})

t.test('lines of several writers to a FIFO stay whole, although a batch is larger than 4096 bytes', async (t) => {
  const path = join(t.testdir(), 'pipe')
  makeFifo(path)
  const reader = startProcess(t, ['cat', path])
  const loggers = await Promise.all([1, 2, 3].map(() => startFileLogger(t, path, { ...young, flushBytes: 20_000 })))
  const fill = 'x'.repeat(300)
  await Promise.all(
    loggers.map(async (logger, n) => {
      for (let seq = 0; seq < 200; seq++) await logger.request(`${n} ${seq} ${fill}`)
      for (;;) if ((await logger.request('flush')) === null) break
    }),
  )
  for (const logger of loggers) t.match(await end(logger), /^(|.*ENXIO.*\n)$/)
  const lines = (await reader.exit).stdout.trimEnd().split('\n')
  t.equal(lines.length, 600)
  for (const text of lines) if (JSON.parse(text).msg.length < 300) t.fail(text)
})

t.test('a FIFO has a writer all the time while a writer thread takes over and ends', (t) => {
  const path = join(t.testdir(), 'pipe')
  makeFifo(path)
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  t.teardown(() => closeSync(reader))
  const append = () => new AppendFile({ path, mkdir: true, mode: 0o640 })
  /** Returns what is in the FIFO; '' at its end. @throws EAGAIN if it is empty and has a writer */
  const read = () => {
    const bytes = Buffer.alloc(100)
    return String(bytes.subarray(0, readSync(reader, bytes)))
  }
  const file = append()
  const thread = append()
  file.write(Buffer.from('1\n'))
  file.release()
  t.equal(read(), '1\n')
  t.throws(read, { code: 'EAGAIN' })
  thread.write(Buffer.from('2\n'))
  thread.close()
  t.equal(read(), '2\n')
  t.throws(read, { code: 'EAGAIN' })
  file.write(Buffer.from('3\n'))
  file.close()
  t.strictSame([read(), read()], ['3\n', ''])
  t.end()
})

t.test('lines for /dev/stdout are written to a file or a pipe', async (t) => {
  const path = join(t.testdir(), 'out.log')
  const logger = await startFileLogger(t, '/dev/stdout', young, { stdout: openSync(path, 'a') })
  await logger.request('1')
  t.equal(await end(logger), '')
  t.equal(readFileSync(path, 'utf8'), line('1'))

  const fifo = join(t.testdir(), 'pipe')
  makeFifo(fifo)
  const reader = startProcess(t, ['cat', fifo])
  const piped = await startFileLogger(t, '/dev/stdout', young, { stdout: openSync(fifo, 'w') })
  await piped.request('1')
  t.equal(await end(piped), '')
  reader.kill('SIGTERM') // this process still has the pipe open
  t.equal((await reader.exit).stdout, line('1'))
})

t.test('if /dev/stdout is a socket, as for a child of Node, the error says what to use instead', async (t) => {
  const logger = await startFileLogger(t, '/dev/stdout', young, { stdout: 'pipe' })
  await logger.request('1')
  await logger.request('flush')
  t.match(await end(logger), /ENXIO: .*take pino-rank-stdout; lines wait.*\n.*1 line lost/)
})

t.test('a path that is a folder is reported, with what to do', async (t) => {
  const dir = t.testdir({ folder: {} })
  const logger = await startFileLogger(t, join(dir, 'folder'), young)
  await logger.request('1')
  await logger.request('flush')
  t.match(await end(logger), /EISDIR: .*give a path that ends in a file name; lines wait.*\n.*1 line lost: EISDIR/)
})

t.test('lines that the user may not write are written once the user has permission', withOrdinaryUser, async (t) => {
  const dir = join(t.testdir(), 'logs')
  mkdirSync(dir, { mode: 0o555 })
  const path = join(dir, 'train.log')
  const logger = await startFileLogger(t, path, young, ordinaryUser)
  await logger.request('1')
  t.match(await logger.request('flush'), /EACCES/)
  chmodSync(dir, 0o777)
  t.equal(await logger.request('flush'), null)
  t.equal(readFileSync(path, 'utf8'), line('1'))
  t.match(await end(logger), /^[^\n]*EACCES: [^\n]*let this user write there[^\n]*\n$/)
})

const root = process.getuid?.() === 0 ? {} : { skip: 'takes root' }

function skipped(t: Test, why: string): void {
  t.pass(why, { skip: why })
}

t.test(
  'a current link of another user, which may not be replaced, is reported',
  { ...root, ...withOrdinaryUser },
  async (t) => {
    const dir = t.testdir()
    chmodSync(dir, 0o1777)
    symlinkSync('other.log', join(dir, 'current.log'))
    const options = { ...young, current: join(dir, 'current.log') }
    const logger = await startFileLogger(t, join(dir, 'train.log'), options, ordinaryUser)
    await logger.request('1')
    t.equal(await logger.request('flush'), null)
    t.match(await end(logger), /^[^\n]*no current link: EPERM: [^\n]*\n$/)
    t.strictSame(readdirSync(dir).sort(), ['current.log', 'train.log'], 'no temporary name is left')
  },
)

t.test('lines for a read-only file system are written once it is writable', root, async (t) => {
  const mounted = mountedTmpfs('ro,size=256k')
  if (!mounted) return skipped(t, 'cannot mount a tmpfs')
  const { dir, unmount } = mounted
  t.teardown(unmount)
  const logger = await startFileLogger(t, join(dir, 'train.log'), young)
  await logger.request('1')
  t.match(await logger.request('flush'), /EROFS/)
  runCommand('mount', '-o', 'remount,rw', dir)
  t.equal(await logger.request('flush'), null)
  t.equal(readFileSync(join(dir, 'train.log'), 'utf8'), line('1'))
  t.match(await end(logger), /^[^\n]*EROFS: [^\n]*mount the file system for writing[^\n]*\n$/)
})

t.test('lines for an immutable file (chattr +i) are written once it is mutable', root, async (t) => {
  const path = join(t.testdir({ 'train.log': '' }), 'train.log')
  if (!canRun('chattr', '+i', path)) return skipped(t, 'this file system has no immutable files')
  const free = () => canRun('chattr', '-i', path)
  t.teardown(free)
  const logger = await startFileLogger(t, path, young)
  await logger.request('1')
  t.match(await logger.request('flush'), /EPERM/)
  free()
  t.equal(await logger.request('flush'), null)
  t.equal(readFileSync(path, 'utf8'), line('1'))
  t.match(await end(logger), /^[^\n]*EPERM: [^\n]*let this user write there[^\n]*\n$/)
})

t.test('lines for a full ext4 file system are written whole once there is room, and none is lost', root, async (t) => {
  const mounted = mountedExt4(2)
  if (!mounted) return skipped(t, 'no loop device, or no mkfs.ext4')
  t.teardown(mounted.unmount)
  const [path, filler] = [join(mounted.dir, 'train.log'), join(mounted.dir, 'filler')]
  t.throws(() => {
    for (;;) appendFileSync(filler, Buffer.alloc(1024))
  })
  const logger = await startFileLogger(t, path, young)
  const fill = 'x'.repeat(1000)
  for (let seq = 0; seq < 50; seq++) await logger.request(`${seq} ${fill}`)
  t.match(await logger.request('flush'), /ENOSPC/)
  rmSync(filler)
  t.equal(await logger.request('flush'), null)
  const written = readFileSync(path, 'utf8').trimEnd().split('\n')
  const whole = written.filter((text) => text.endsWith('"}'))
  t.strictSame(
    whole.map((text) => Number(JSON.parse(text).msg.split(' ')[0])),
    Array.from({ length: 50 }, (_, seq) => seq),
  )
  t.match(await end(logger), /^[^\n]*ENOSPC: [^\n]*make room on the disk[^\n]*\n$/)
})
