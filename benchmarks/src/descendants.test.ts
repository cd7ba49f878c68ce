import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { descendantsOf, endDescendants } from './descendants.ts'

t.test('descendantsOf returns children and grandchildren, without zombies and other processes', async (t) => {
  const listed = (
    [
      [1, 0, false],
      [10, 1, false],
      [11, 10, false],
      [12, 10, true],
      [13, 11, false],
      [20, 1, false],
    ] as const
  ).map(([pid, parent, isZombie]) => ({ pid, parent, isZombie, started: '' }))
  const below = (pid: number) => descendantsOf(pid, listed).map((found) => found.pid)
  t.same([below(10), below(20)], [[11, 13], []])
})

t.test('endDescendants returns when a shell and its child have ended', async (t) => {
  const shell = spawn('sh', ['-c', 'sleep 1000 & echo started; wait'], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(shell.stdout, 'data')
  endDescendants()
  const [, signal] = await once(shell, 'close') // the child has the pipe too, so it is closed when both have ended
  t.equal(signal, 'SIGTERM')
})

t.test('a process that ignores SIGTERM is killed, even if its parent has ended before', async (t) => {
  const deaf = 'trap "" TERM; echo started; while :; do sleep 1000; done'
  const shell = spawn('sh', ['-c', `sh -c '${deaf}' & wait`], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(shell.stdout, 'data')
  endDescendants()
  const [, signal] = await once(shell, 'close')
  t.equal(signal, 'SIGTERM', 'the parent ends by SIGTERM')
})
