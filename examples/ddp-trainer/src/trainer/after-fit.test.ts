// What the parent has after a fit on two ranks, which are processes.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AfterFit, AfterFitOptions } from '../kit/after-fit.ts'
import { records, runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'

/** Returns what the parent and its ranks printed: the parent first, then those ranks that reached the end. */
async function run(t: Test, options: Omit<AfterFitOptions, 'folder'>) {
  const folder = temporary(t)
  const { stdout, stderr } = await runNode('kit/after-fit.js', { args: [JSON.stringify({ folder, ...options })] }).ended
  const processes = records(stdout) as unknown as AfterFit[]
  processes.sort((a, b) => a.rank - b.rank)
  return { folder, stderr, processes }
}

t.test('after a fit on two ranks', async (t) => {
  const { folder, stderr, processes } = await run(t, {})
  const [parent, rank0, rank1] = processes as [AfterFit, AfterFit, AfterFit]
  t.equal(stderr, '')
  t.strictSame(
    processes.map(({ rank }) => rank),
    [-1, 0, 1],
  )

  t.test('the parent has the trained parameters, bit for bit', async (t) => {
    t.match(rank0.after, /^\w{64}$/)
    t.equal(rank1.after, rank0.after)
    t.equal(parent.after, rank0.after)
    t.not(parent.untrained, parent.after)
  })

  t.test('the network computes in the parent what it computes on rank 0', async (t) => {
    t.ok(Math.abs(parent.output - rank0.output) < 1e-5, `${parent.output}, ${rank0.output}`)
  })

  t.test('a script that saves if isGlobalZero saves once, with trained parameters', async (t) => {
    const files = readdirSync(folder)
    t.equal(files.length, 1)
    t.equal(readFileSync(join(folder, files[0] as string), 'utf8'), rank0.after)
  })

  t.test('the parent has the metrics, the epoch and the step of rank 0', async (t) => {
    t.match(rank0.state, { epoch: 2, step: 4 })
    t.same(Object.keys(rank0.state.callback), ['loss', 'loss_step', 'val_loss', 'loss_epoch'])
    t.same(Object.keys(rank0.state.logged), ['loss_step', 'val_loss', 'loss_epoch'])
    t.same(Object.keys(rank0.state.progressBar), ['loss_step', 'loss_epoch'])
    t.strictSame(parent.state, rank0.state)
  })

  t.test('test and validate return in the parent the rows that they return on rank 0', async (t) => {
    t.match(rank0.tested, [{ 'test_loss/dataloader_idx_0': Number }, { 'test_loss/dataloader_idx_1': Number }])
    t.match(rank0.validated, [{ val_loss: Number }])
    t.strictSame(parent.tested, rank0.tested)
    t.strictSame(parent.validated, rank0.validated)
  })
})

t.test('a parameter of four million numbers arrives in the parent', async (t) => {
  const { stderr, processes } = await run(t, { width: 2000 })
  t.equal(stderr, '')
  const [parent, ...ranks] = processes
  t.equal(ranks.length, 2)
  for (const { rank, after } of ranks) t.equal(parent?.after, after, `rank ${rank}`)
  t.not(parent?.untrained, parent?.after)
})

const mistakes: [mistake: AfterFitOptions['mistake'], error: string][] = [
  ['a rank ends', 'rank 1 exited with code 3'],
  [
    'a layer is created in setup',
    'Trainer: the module has 4 parameters in the parent, but 6 on rank 0; create all layers in the constructor of the module, because the parent runs no hooks',
  ],
  [
    'the parent has a wider layer',
    'Trainer: parameter 0 is [4,5] in the parent, but [4,4] on rank 0; create all layers in the constructor of the module, because the parent runs no hooks',
  ],
]
for (const [mistake, message] of mistakes)
  t.test(`if ${mistake}, fit rejects, and the parent keeps its parameters`, async (t) => {
    const [parent] = (await run(t, { mistake })).processes
    t.equal(parent?.rank, -1)
    t.equal(parent?.error, message)
    t.match(parent?.after, /^\w{64}$/)
    t.equal(parent?.after, parent?.untrained)
  })
