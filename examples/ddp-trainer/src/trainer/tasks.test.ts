import t from 'tap'
import { records, remainingFiles, runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'

t.test('ranks that are processes fit, test and predict with one trainer, and their parent does nothing', async (t) => {
  const folder = temporary(t)
  const { code, stdout, stderr } = await runNode('kit/tasks.js', { env: { TMPDIR: folder } }).ended
  t.equal(code, 0, stderr)
  const tested = [{ tested: 1.5 }]
  t.same(
    records(stdout).sort((a, b) => String(a.predicted).localeCompare(String(b.predicted))),
    [
      { tested: [], predicted: [], metrics: {} },
      { tested, predicted: [['from 0', 'from 0']], metrics: {} },
      { tested, predicted: [['from 1', 'from 1']], metrics: {} },
    ],
  )
  t.same(remainingFiles(folder), [])
})

t.test('if only rank 0 reduces a metric, fit rejects and names the ranks, the metric and the step', async (t) => {
  const { code, stderr } = await runNode('kit/tasks.js', { args: ['disagrees'] }).ended
  t.equal(code, 1)
  t.match(
    stderr,
    /Error: rank [01] exited with code 1: CollectiveMismatch: .*rank 0 reduces 'loss' at step 0.*rank 1 averages the gradients at step 1|Error: rank [01] exited with code 1: CollectiveMismatch: .*rank 1 averages the gradients at step 1, but rank 0 reduces 'loss' at step 0/,
  )
})
