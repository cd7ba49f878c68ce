import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { descendantsOf, endDescendants } from './descendants.ts'

t.test('children and grandchildren, but no zombies and nobody else', async (t) => {
  const listed = [
    { pid: 1, parent: 0, isZombie: false },
    { pid: 10, parent: 1, isZombie: false },
    { pid: 11, parent: 10, isZombie: false },
    { pid: 12, parent: 10, isZombie: true },
    { pid: 13, parent: 11, isZombie: false },
    { pid: 20, parent: 1, isZombie: false },
  ]
  t.same(descendantsOf(10, listed), [11, 13])
  t.same(descendantsOf(20, listed), [])
})

t.test('a shell and what it runs are gone when the call returns', async (t) => {
  const shell = spawn('sh', ['-c', 'sleep 1000 & echo started; wait'], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(shell.stdout, 'data')
  endDescendants()
  const [, signal] = await once(shell, 'close') // the sleeper has the pipe too: it is closed when both are gone
  t.equal(signal, 'SIGKILL')
})
