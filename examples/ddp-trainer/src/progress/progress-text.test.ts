import t from 'tap'
import type { Progress } from './progress.ts'
import { progressLine } from './progress-text.ts'

const epoch: Progress = {
  stage: 'train',
  epoch: 5,
  maxEpochs: 6,
  batch: 200,
  batches: 200,
  elapsedMs: 3_723_400,
  isDone: true,
  metrics: { loss: 0.25 },
}

const lines: [what: string, progress: Progress, line: string][] = [
  ['a complete epoch', epoch, 'epoch 6/6 200/200  1:02:03  0.05 it/s  loss 0.2500'],
  [
    'an epoch that ended early, without a limit of epochs',
    { ...epoch, epoch: 0, maxEpochs: -1, batch: 50, elapsedMs: 5000, metrics: {} },
    'epoch 1 50/200  0:00:05  10.0 it/s',
  ],
  ['a test', { ...epoch, stage: 'test', elapsedMs: 5000 }, 'test 200/200  0:00:05  40.0 it/s  loss 0.2500'],
]
for (const [what, progress, line] of lines)
  t.test(`the line of ${what}`, async (t) => t.equal(progressLine(progress), line))
