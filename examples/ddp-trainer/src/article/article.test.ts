import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { records, runNode } from '../kit/run-node.ts'

const twoEpochsOfTwoSteps = [
  { metrics: { train_loss_step: Number }, step: 0, epoch: 0 },
  { metrics: { train_loss_step: Number }, step: 1, epoch: 0 },
  { metrics: { val_loss: Number }, step: 1, epoch: 0 },
  { metrics: { train_loss_epoch: Number }, step: 1, epoch: 0 },
  { metrics: { train_loss_step: Number }, step: 2, epoch: 1 },
  { metrics: { train_loss_step: Number }, step: 3, epoch: 1 },
  { metrics: { val_loss: Number }, step: 3, epoch: 1 },
  { metrics: { train_loss_epoch: Number }, step: 3, epoch: 1 },
]

t.test('example 1 logs each metric once', async (t) => {
  const { code, stdout, stderr } = await runNode('article/1-metrics.js', { cwd: t.testdir() }).ended
  t.equal(code, 0, stderr)
  const all = records(stdout)
  t.match(
    all.filter(({ metrics }) => metrics),
    twoEpochsOfTwoSteps,
  )
  t.equal(all.filter(({ backend }) => backend).length, 1, 'one record names the backend')
  t.equal(all.length, 9)
  t.notMatch(stderr, /warning/i)
})

t.test('example 2 logs the hyperparameters once', async (t) => {
  const { code, stdout, stderr } = await runNode('article/2-hyperparameters.js', { cwd: t.testdir() }).ended
  t.equal(code, 0, stderr)
  const all = records(stdout)
  t.same(
    all.flatMap(({ hparams }) => hparams ?? []),
    [{ learning_rate: 0.001, batch_size: 32, optimizer: 'Adam' }],
  )
  t.match(
    all.filter(({ metrics }) => metrics),
    twoEpochsOfTwoSteps,
  )
})

t.test('example 3 writes each line of its text files once, and whole', async (t) => {
  const cwd = t.testdir()
  const { code, stderr } = await runNode('article/3-text-file.js', { cwd }).ended
  t.equal(code, 0, stderr)
  const lines = (name: string) => readFileSync(join(cwd, name), 'utf8').split('\n')
  const training = lines('training_log.txt').map((line) => line.replace(/[\d.]+$/, 'x'))
  t.same(training, [...[0, 1, 2, 3].map((step) => `Step: ${step}, Loss: x`), ''])
  const validation = lines('validation_log.txt').map((line) => line.replace(/[\d.]+$/, 'x'))
  t.same(validation, ['Epoch: 0, Loss: x', 'Epoch: 1, Loss: x', ''])
})
