import { mock } from 'node:test'
import t from 'tap'
import { batchWrites } from './batch-writes.ts'
import { FakeThread } from './fake-thread.test-kit.ts'

/** A thread that keeps what it is given, one text for each write. */
class Writes extends FakeThread {
  override ready = true
  readonly texts: string[] = []

  override write(text: string): boolean {
    this.texts.push(text)
    return true
  }
}

function batched(maxAgeMs: number): Writes {
  const thread = new Writes()
  batchWrites(thread, maxAgeMs)
  return thread
}

t.test('lines are passed on together when the first has the maximum age', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const thread = batched(100)
  thread.write('1\n')
  mock.timers.tick(99)
  thread.write('2\n')
  t.strictSame(thread.texts, [])
  mock.timers.tick(1)
  t.strictSame(thread.texts, ['1\n2\n'])
  thread.write('3\n')
  mock.timers.tick(100)
  t.strictSame(thread.texts, ['1\n2\n', '3\n'])
  t.end()
})

const flushes = ['flush', 'flushSync', 'end'] as const
for (const method of flushes) {
  t.test(`${method} passes them on at once`, (t) => {
    const thread = batched(60_000)
    thread.write('1\n')
    thread[method]()
    thread[method]()
    t.strictSame(thread.texts, ['1\n'])
    t.end()
  })
}

t.test('lines of 64 KiB are passed on at once', (t) => {
  const thread = batched(60_000)
  const line = `${'x'.repeat(2 ** 15)}\n`
  thread.write(line)
  thread.write(line)
  t.strictSame(thread.texts, [line + line])
  t.end()
})

t.test('lines are passed on one by one before the thread is ready, and after it has failed', (t) => {
  const thread = batched(60_000)
  thread.ready = false
  thread.write('1\n')
  thread.ready = true
  thread.write('2\n')
  thread.writable = false
  thread.write('3\n')
  t.strictSame(thread.texts, ['1\n', '2\n', '3\n'])
  t.end()
})

t.test('while the event loop does not turn, a later line passes them on', (t) => {
  let now = 0
  t.intercept(performance, 'now', { value: () => now })
  const thread = batched(100)
  thread.write('1\n')
  now = 99
  thread.write('2\n')
  t.strictSame(thread.texts, [])
  now = 100
  thread.write('3\n')
  t.strictSame(thread.texts, ['1\n2\n3\n'])
  now = 150
  thread.write('4\n')
  t.strictSame(thread.texts.length, 1)
  thread.flushSync()
  t.end()
})

t.test('0 ms buffers nothing', (t) => {
  const thread = batched(0)
  thread.write('1\n')
  t.strictSame(thread.texts, ['1\n'])
  t.end()
})
