import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { records, runNode } from './kit/run-node.ts'

t.test('train.js logs the metrics of the job, and the memory of each rank', async (t) => {
  const cwd = t.testdir()
  const args = ['--devices', '2', '--epochs', '1', '--lr', '0.1']
  const { code, stdout, stderr } = await runNode('train.js', { cwd, args }).ended
  t.equal(code, 0, stderr)
  t.equal(stdout, '')
  const read = (name: string) => records(readFileSync(join(cwd, 'runs/version_0', name), 'utf8'))
  const log = read('train.log')
  t.same([...new Set(log.map(({ rank }) => rank))], [0])
  t.match(
    log.find(({ hparams }) => hparams),
    { hparams: { epochs: 1, batchSize: 16, lr: 0.1 } },
  )
  const [{ val_acc: accuracy = 0 } = {}] = log.flatMap(({ metrics }) => {
    const row = metrics as Record<string, number> | undefined
    return row && 'val_acc' in row ? [row] : []
  })
  t.ok(accuracy > 0.8, `${accuracy} of the digits are right`)
  for (const rank of [0, 1]) {
    const memory = read(`train.rank-${rank}.log`).filter(({ msg }) => msg === 'memory')
    t.match(memory, [{ rank, epoch: 0, tensors: Number, megabytes: Number }])
  }
})

for (const [name, value, error] of [
  ['lr', 'high', 'must be a number above 0, not high'],
  ['batch-size', '0.5', 'must be a whole number, not 0.5'],
  ['devices', '1.5', 'must be a whole number, not 1.5'],
  ['epochs', '2.5', 'must be a whole number, not 2.5'],
  ['model', 'rnn', 'must be mlp or cnn, not rnn'],
] as const)
  t.test(`train.js rejects --${name} ${value}`, async (t) => {
    const { code, stderr } = await runNode('train.js', { cwd: t.testdir(), args: [`--${name}`, value] }).ended
    t.equal(code, 1)
    t.match(stderr, new RegExp(`RangeError: (train\\.js: )?--${name} ${error}`))
  })
