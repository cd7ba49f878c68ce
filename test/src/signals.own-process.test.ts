import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { type FileStreamOptions, fileStream } from 'pino-rank-file'
import t from 'tap'
import { startFileLogger } from './kit/file-logger.ts'

const old = { flushMs: 600_000 } // no timed flush in this test
const line = (msg: string) => `{"level":30,"msg":"${msg}"}\n`

t.test('reopenOn: buffered lines go to the renamed file, and later ones to a new file', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const logger = await startFileLogger(t, path, { ...old, reopenOn: 'SIGHUP' })
  await logger.request('first')
  await logger.request('flush')
  renameSync(path, `${path}.1`)
  await logger.request('waits')
  logger.kill('SIGHUP')
  for (const _ of [1, 2]) await logger.request('stats') // the signal is handled at the end of the second turn at the latest
  await logger.request('after')
  logger.send('exit')
  t.match(await logger.exit, { code: 0, signal: null, stderr: '' })
  t.equal(readFileSync(`${path}.1`, 'utf8'), line('first') + line('waits'))
  t.equal(readFileSync(path, 'utf8'), line('after'))
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  t.test(`handleSignals: the process writes all lines and then ends by ${signal}`, async (t) => {
    const path = join(t.testdir(), 'train.log')
    const logger = await startFileLogger(t, path, { ...old, handleSignals: true })
    for (const message of ['1', '2', '3']) await logger.request(message)
    logger.kill(signal)
    t.match(await logger.exit, { code: null, signal, stderr: '' })
    t.equal(readFileSync(path, 'utf8'), line('1') + line('2') + line('3'))
  })
}

t.test('without handleSignals a signal ends the process and loses buffered lines', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const logger = await startFileLogger(t, path, old)
  await logger.request('waits')
  logger.kill('SIGTERM')
  t.match(await logger.exit, { signal: 'SIGTERM' })
  t.throws(() => readFileSync(path), { code: 'ENOENT' })
})

t.test(
  'streams share one listener a signal: reopenOn from construction, handleSignals from the first line, none after end',
  (t) => {
    const dir = t.testdir()
    const count = () => ['SIGUSR2', 'SIGHUP', 'SIGTERM'].map((signal) => process.listenerCount(signal))
    const before = count()
    const self = { rank: 0, launcher: 'test' }
    const open = (name: string) =>
      fileStream({ path: join(dir, name), rank: self, reopenOn: 'SIGUSR2', handleSignals: true })
    const streams = ['1', '2', '3'].map(open)
    const more = (...counts: number[]) => before.map((count, i) => count + (counts[i] ?? 0))
    t.strictSame(count(), more(1))
    const ended = open('4').end()
    for (const stream of streams) stream.write('x\n')
    t.strictSame(count(), more(1, 1, 1))
    for (const stream of [...streams, ended]) stream.end()
    t.strictSame(count(), before)
    t.end()
  },
)

t.test('invalid signal options are refused at construction', (t) => {
  const path = 'train.log'
  for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGUSR1', 'HUP', 1]) {
    for (const option of ['reopenOn', 'rotateOn']) {
      const wrong = { path, rotate: {}, [option]: signal } as unknown as FileStreamOptions
      const message = new RegExp(`option "${option}": expected (another signal|the name of a signal)`)
      t.throws(() => fileStream(wrong), { code: 'OPTION_INVALID', message })
    }
  }
  const wrong = { path, handleSignals: 'yes' } as unknown as FileStreamOptions
  t.throws(() => fileStream(wrong), { code: 'OPTION_INVALID', message: /"handleSignals": expected true or false/ })
  t.end()
})
