import { mock } from 'node:test'
import t from 'tap'
import { systemClock } from './clock.ts'

const maxTimerMs = 2 ** 31 - 1

t.test('a delay may be longer than the longest Node timer', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const fired: number[] = []
  for (const ms of [0, 5, maxTimerMs, maxTimerMs + 1, 3 * maxTimerMs]) systemClock.after(ms, () => fired.push(ms))
  const cancel = systemClock.after(2 * maxTimerMs, () => fired.push(-1))
  mock.timers.tick(4)
  t.strictSame(fired, [0])
  mock.timers.tick(1)
  t.strictSame(fired, [0, 5])
  mock.timers.tick(maxTimerMs - 5)
  t.strictSame(fired.splice(2), [maxTimerMs])
  cancel()
  mock.timers.tick(1)
  t.strictSame(fired.splice(2), [maxTimerMs + 1])
  mock.timers.tick(maxTimerMs)
  t.strictSame(fired.splice(2), [], 'a cancelled task does not run')
  mock.timers.tick(maxTimerMs)
  t.strictSame(fired.splice(2), [3 * maxTimerMs])
})
