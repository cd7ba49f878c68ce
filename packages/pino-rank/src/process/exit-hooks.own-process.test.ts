import t, { type Test } from 'tap'
import { atExit, beforeDeathBy, exitCode, exitCodeCell, isExiting, onSignal } from './exit-hooks.ts'

t.test('tasks share one listener, which is removed with the last task', async (t) => {
  const events = ['exit', 'SIGUSR2', 'SIGHUP'] as const
  const counts = () => events.map((event) => process.listenerCount(event))
  const before = counts()
  const added = [1, 2].flatMap(() => [
    atExit(() => {}),
    onSignal('SIGUSR2', () => {}),
    onSignal('SIGHUP', () => {}),
    beforeDeathBy('SIGHUP', () => {}),
  ])
  t.strictSame(
    counts(),
    before.map((count) => count + 1),
  )
  for (const remove of added) remove()
  t.strictSame(counts(), before)
  t.equal(isExiting(), false)
  t.equal(exitCode(), 'unknown')
})

/** The test runner itself listens to the signals that end a process. */
const signal = 'SIGWINCH'

/** Notes the tasks that run, and the signals by which the process would end. */
function noted(t: Test) {
  const calls: string[] = []
  t.intercept(process, 'kill', { value: (_: number, signal: string) => calls.push(`end by ${signal}`) })
  const note = (name: string) => () => void calls.push(name)
  const send = () => {
    process.emit(signal, signal)
    return calls.splice(0)
  }
  return { note, send }
}

t.test('before the process ends by a signal, all tasks run, and another listener keeps it alive', async (t) => {
  const { note, send } = noted(t)
  const add = () => [beforeDeathBy(signal, note('a')), beforeDeathBy(signal, note('b'))]
  let removes = add()
  t.strictSame(send(), ['a', 'b', 'end by SIGWINCH'])
  t.equal(process.listenerCount(signal), 0, 'so that the signal ends the process')
  for (const remove of removes) remove()
  removes = add()
  const own = () => {}
  process.on(signal, own)
  t.strictSame(
    [send(), send()],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  )
  process.off(signal, own)
  removes[0]?.()
  t.strictSame(send(), ['b', 'end by SIGWINCH'])
  removes[1]?.()
})

t.test('a listener of process.once keeps the process alive, once', async (t) => {
  const { note, send } = noted(t)
  process.once(signal, note('shut down'))
  const remove = beforeDeathBy(signal, note('a'))
  t.strictSame(
    [send(), send()],
    [
      ['a', 'shut down'],
      ['a', 'end by SIGWINCH'],
    ],
  )
  remove()
})

t.test('a signal that has a use does not end the process', async (t) => {
  const { note, send } = noted(t)
  const removeEnd = beforeDeathBy(signal, note('end'))
  const removeUse = onSignal(signal, note('reopen'))
  t.strictSame([send(), send()], [['reopen'], ['reopen']])
  removeUse()
  t.strictSame(send(), ['end', 'end by SIGWINCH'])
  removeEnd()
  t.equal(process.listenerCount(signal), 0)
})

t.test('tasks run at exit in the order in which they were added, and removed ones do not', async (t) => {
  const before = process.listeners('exit')
  const calls: string[] = []
  const removes = ['a', 'b', 'c'].map((name) => atExit(() => calls.push(name)))
  removes[1]?.()
  removes[1]?.()
  for (const listener of process.listeners('exit')) if (!before.includes(listener)) listener.call(process, 0)
  t.strictSame(calls, ['a', 'c'])
  for (const remove of removes) remove()
  t.strictSame(process.listeners('exit'), before)
})

t.test('the cell of the exit code is shared by all, and filled before all other listeners of the exit', async (t) => {
  const before = process.listeners('exit')
  const cell = exitCodeCell()
  t.equal(exitCodeCell(), cell)
  const [first, ...others] = process.listeners('exit')
  t.strictSame(others, before)
  const code = new Int32Array(cell)
  t.strictSame([...code], [-1])
  first?.call(process, 3)
  t.strictSame([...code], [3])
})
