import { existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Ending } from '../kit/launched-ranks.ts'
import { alive, type NodeRun, pidsIn, remainingFiles, runNode, waitForRanks } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'

/** Starts a parent of two ranks that end in this way, without joining a ring. */
function start(t: Test, ending: Ending, env: Record<string, string> = {}): NodeRun {
  const run = runNode('kit/launched-ranks.js', { args: [ending, temporary(t)], env })
  t.teardown(() => alive(run.pid) && process.kill(run.pid, 'SIGKILL'))
  return run
}

/** Launches two ranks that end in this way. Returns what they printed. */
async function launchRanks(t: Test, ending: Ending) {
  const { code, stdout, stderr } = await start(t, ending).ended
  const pids = pidsIn(stdout)
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

t.test(
  'the rank that failed first is named as the cause, although a rank that failed because of it ends first',
  async (t) => {
    const { stderr, rings } = await launchRanks(t, 'the follower ends first')
    t.match(stderr, /Error: rank 1 exited with code 3$/m, 'rank 1 is the cause')

    t.test(
      'the ranks share a private folder for their ring, which is removed although they never join it',
      async (t) => {
        const [first, second] = rings
        t.equal(first?.path, second?.path)
        t.equal(first?.mode, '700')
        t.notOk(existsSync(first?.path ?? ''))
      },
    )
  },
)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  t.test(`${signal} to the parent ends the ranks too`, async (t) => {
    const folder = temporary(t)
    const run = start(t, 'only with their parent', { TMPDIR: folder })
    await waitForRanks(run.stdout, 2)
    process.kill(run.pid, signal)
    const ended = await run.ended
    t.equal(ended.signal, signal)
    if (signal === 'SIGKILL') return // `ended` resolves only when the ranks have closed their stdout
    t.notOk(pidsIn(ended.stdout).some(alive))
    t.same(remainingFiles(folder), [])
  })
}
