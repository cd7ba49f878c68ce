import t from 'tap'
import { type NodeRun, records, remainingFiles, runNode } from '../kit/run-node.ts'
import type { Mistake } from '../kit/tasks.ts'
import { temporary } from '../kit/temporary.ts'

function runTasks(mistake: Mistake): NodeRun['ended'] {
  return runNode('kit/tasks.js', { args: [mistake] }).ended
}

t.test('ranks that are processes fit, test and predict, and their parent gets the results of rank 0', async (t) => {
  const folder = temporary(t)
  const { code, stdout, stderr } = await runNode('kit/tasks.js', { env: { TMPDIR: folder } }).ended
  t.equal(code, 0, stderr)
  const all = { fitted: { val: 0.5 }, tested: [{ tested: 1.5 }] }
  t.same(
    records(stdout).sort((a, b) => Number(a.rank) - Number(b.rank)),
    [
      { rank: -1, ...all, predicted: [] },
      { rank: 0, ...all, predicted: [['from 0', 'from 0']] },
      { rank: 1, ...all, predicted: [['from 1', 'from 1']] },
    ],
  )
  t.same(remainingFiles(folder), [])
})

t.test('if only rank 0 reduces a metric, fit rejects and names the ranks, the metric and the step', async (t) => {
  const { code, stderr } = await runTasks('only rank 0 reduces a metric')
  t.equal(code, 1)
  t.match(
    stderr,
    /Error: rank [01] exited with code 1: CollectiveMismatch: .*rank 0 reduces 'loss' at step 0.*rank 1 averages the gradients at step 1|Error: rank [01] exited with code 1: CollectiveMismatch: .*rank 1 averages the gradients at step 1, but rank 0 reduces 'loss' at step 0/,
  )
})

const calls: [mistake: Mistake, error: RegExp][] = [
  [
    'the parent tests instead of predicting',
    /Error: Trainer: call 3 in the parent is test, but that of rank 0 was predict; make the same calls in the same order/,
  ],
  [
    'the parent tests again',
    /Error: Trainer: call 4 in the parent is test, but rank 0 made only 3 calls; make the same calls in the same order/,
  ],
]
for (const [mistake, error] of calls)
  t.test(`if ${mistake}, the call rejects and says what rank 0 called`, async (t) => {
    const { code, stderr } = await runTasks(mistake)
    t.equal(code, 1)
    t.match(stderr, error)
  })

t.test('a second trainer on ranks that a first one started is rejected', async (t) => {
  const { code, stderr } = await runTasks('a second trainer starts ranks')
  t.equal(code, 1)
  t.match(
    stderr,
    /Error: rank [01] exited with code 1: Error: Trainer: a script can start ranks with only one trainer; make all calls/,
  )
})
