import { existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Ending } from './kit/launched-ranks.ts'
import { alive, runNode } from './kit/run-node.ts'
import { temporary } from './kit/temporary.ts'

/** Launches two ranks that end in this way, without joining a ring. Returns what they printed. */
async function launchRanks(t: Test, ending: Ending) {
  const folder = temporary(t)
  const run = runNode('kit/launched-ranks.js', { args: [ending, folder] })
  t.teardown(() => alive(run.pid) && process.kill(run.pid, 'SIGKILL'))
  const { code, stdout, stderr } = await run.ended
  const pids = [...stdout.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid))
  const rings = [...stdout.matchAll(/^ring (.*) (\d+)$/gm)].map(([, path = '', mode]) => ({ path, mode }))
  t.equal(code, 1)
  t.equal(pids.length, 2)
  return { stderr, pids, rings }
}

t.test('a rank that ignores SIGTERM is killed after the grace time, and the dead rank is named', async (t) => {
  const { stderr, pids } = await launchRanks(t, 'one ignores SIGTERM')
  t.match(stderr, /Error: rank 1 was ended by SIGKILL$/m)
  t.notOk(pids.some(alive))
})

t.test('a rank that fails because of another one is not named as the cause, even if it exits first', async (t) => {
  const { stderr } = await launchRanks(t, 'the follower ends first')
  t.match(stderr, /Error: rank 1 exited with code 3$/m)
})

t.test('the ranks share a private folder for their ring, which is removed even if they never join it', async (t) => {
  const { rings } = await launchRanks(t, 'the follower ends first')
  const [first, second] = rings
  t.equal(first?.path, second?.path)
  t.equal(first?.mode, '700')
  t.notOk(existsSync(first?.path ?? ''))
})
