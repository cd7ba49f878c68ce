import t from 'tap'
import { atExit, beforeDeathBy, exitCode, isExiting, onSignal } from './exit-hooks.ts'

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
