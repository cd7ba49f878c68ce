import t from 'tap'
import { type FakeThread, lazy } from './fake-thread.test-kit.ts'

t.test('a failed start throws nothing, and the next record starts it with the buffered lines', async (t) => {
  const { transport, threads, state } = lazy()
  state.refused = 'EMFILE: refused by the test'
  transport.write('1\n')
  transport.write('2\n')
  t.equal(threads.length, 0)
  t.match(await new Promise((resolve) => transport.flush(resolve)), { message: state.refused })
  state.refused = undefined
  transport.write('3\n')
  t.strictSame([threads.length, threads[0]?.text], [1, '1\n2\n3\n'])
  threads[0]?.load()
  transport.write('4\n')
  t.equal(threads[0]?.text, '1\n2\n3\n4\n')
})

const failures: [name: string, fail: (thread: FakeThread) => void][] = [
  ['a thread that cannot be made', (thread) => thread.worker.emit('error', new Error('ERR_WORKER_INIT_FAILED'))],
  ['a target that cannot be loaded', (thread) => thread.emit('error', new Error('ERR_MODULE_NOT_FOUND'))],
]

for (const [name, fail] of failures) {
  t.test(`${name}: lines that it had not taken go to the next thread, which starts after a pause`, async (t) => {
    const { transport, threads } = lazy()
    t.intercept(performance, 'now', { value: () => now })
    let now = 0
    transport.write('1\n')
    fail(threads[0] as FakeThread)
    transport.write('2\n')
    t.equal(threads.length, 1, 'a worker costs too much to start one for each record')
    now = 1000
    transport.write('3\n')
    t.equal(threads[1]?.text, '1\n2\n3\n')
    fail(threads[0] as FakeThread)
    transport.write('4\n')
    t.equal(threads[1]?.text, '1\n2\n3\n4\n', 'a later error of the first thread is ignored')
  })
}

t.test('lines that a target had taken before it failed are not written twice', async (t) => {
  const { transport, threads } = lazy()
  let now = 0
  t.intercept(performance, 'now', { value: () => now })
  transport.write('1\n')
  threads[0]?.load()
  threads[0]?.emit('error', new Error('EACCES'))
  now = 1000
  transport.write('2\n')
  t.equal(threads[1]?.text, '2\n')
})

t.test('lines beyond the limit of the buffer are not dropped if the thread has already taken them', async (t) => {
  const { transport, threads, state } = lazy()
  const long = `${'x'.repeat(2 ** 20)}\n`
  transport.write('1\n')
  transport.write(long)
  const [first] = threads as [FakeThread]
  first.load()
  t.equal(first.text, `1\n${long}`)
  first.writable = false
  state.refused = 'refused by the test'
  transport.write('2\n')
  state.refused = undefined
  transport.write('3\n')
  t.equal(threads[1]?.text, '2\n3\n')
})

t.test('a destination that is ready from the start needs no ready event', async (t) => {
  const { transport, threads, state } = lazy()
  state.ready = true
  state.refused = 'refused by the test'
  transport.write('1\n')
  state.refused = undefined
  transport.write('2\n')
  transport.write('3\n')
  t.equal(threads[0]?.text, '1\n2\n3\n')
  Object.assign(threads[0] as FakeThread, { writable: false })
  transport.write('4\n')
  t.equal(threads[1]?.text, '4\n')
})

t.test('a target that closed by itself is started again', async (t) => {
  const { transport, threads } = lazy()
  transport.write('1\n')
  const [first] = threads as [FakeThread]
  first.load()
  first.writable = false
  transport.write('2\n')
  t.strictSame(
    threads.map(({ text }) => text),
    ['1\n', '2\n'],
  )
})

t.test(
  'a target that is ended before it is loaded writes its lines, and only a later record starts another',
  async (t) => {
    const { transport, threads } = lazy()
    transport.write('1\n')
    const [first] = threads as [FakeThread]
    transport.end()
    first.writable = false
    transport.write('2\n')
    transport.write('3\n')
    t.strictSame(
      threads.map(({ text }) => text),
      ['1\n', '2\n3\n'],
    )
    first.emit('error', new Error('EACCES'))
    transport.write('4\n')
    t.strictSame(
      [threads.length, threads[1]?.text],
      [2, '2\n3\n4\n'],
      'an error of the ended thread does not affect the other',
    )
  },
)

t.test('a destroyed destination is started again and is not flushed', async (t) => {
  const { transport, threads } = lazy()
  transport.write('1\n')
  const [first] = threads as [FakeThread]
  first.load()
  const refuse = () => {
    throw new Error('SonicBoom destroyed')
  }
  Object.assign(first, { destroyed: true, write: refuse, flush: refuse, flushSync: refuse })
  transport.flushSync()
  t.equal(await new Promise((resolve) => transport.flush(resolve)), undefined)
  transport.write('2\n')
  t.equal(threads[1]?.text, '2\n')
})

t.test('a target that failed without an event does not end the program when pino flushes it at exit', async (t) => {
  const { transport, threads } = lazy()
  let now = 0
  t.intercept(performance, 'now', { value: () => now })
  const errors: Error[] = []
  transport.on('error', (error) => errors.push(error))
  transport.write('1\n')
  const [first] = threads as [FakeThread]
  first.refusal = '_flushSync failed'
  first.flushSync()
  t.match(errors, [{ message: '_flushSync failed' }])
  now = 1000
  transport.write('2\n')
  t.equal(threads[1]?.text, '1\n2\n')
})

t.test('errors are emitted to a listener', async (t) => {
  const { transport, threads } = lazy()
  const errors: Error[] = []
  transport.on('error', (error) => errors.push(error))
  transport.write('1\n')
  threads[0]?.emit('error', new Error('EACCES'))
  t.match(errors, [{ message: 'EACCES' }])
})

t.test('the buffer is bounded: the newest lines are dropped, and a record counts them', async (t) => {
  const { transport, threads, state } = lazy()
  state.refused = 'refused by the test'
  const long = `${'x'.repeat(2 ** 19)}\n`
  for (const line of [long, '1\n', long, long]) transport.write(line)
  state.refused = undefined
  transport.write('2\n')
  const [first, second, record, last] = (threads[0]?.text ?? '').trimEnd().split('\n')
  t.strictSame([`${first}\n`, second, last], [long, '1', '2'])
  t.match(JSON.parse(record as string), { level: 40, drops: 2, msg: /2 lines dropped here/ })
})
